import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { publish, publishBatch, publishEvent, startLanes } from '../src/index.ts';
import {
  aBatch,
  rawId,
  rawLanes,
  rawMessages,
  rawSubject,
  route,
  startBusTest,
  textOf,
} from './a-bus.ts';

const open = new AbortController().signal;

test('a full stream holds the publisher, and nothing is lost', async () => {
  await using set = await startBusTest({ maxBytes: 262_144 });
  const { bus } = set;
  const seen = new Set<string>();
  const total = 40;
  const body = (seq: number): Buffer => Buffer.from(`${seq} `.padEnd(20_000, '.'));
  let published = 0;

  const publishing = Array.from({ length: total }, async (_, seq) => {
    await publishBatch(bus, 'raw', route, aBatch(seq), body(seq), open);
    published += 1;
  });
  await waitFor(async () => (await rawMessages(bus)) >= 12, { what: 'the stream to be full' });
  expect(published).toBeLessThan(total);
  const lanes = startLanes(
    bus,
    rawLanes({ handler: async (msg) => void seen.add(textOf(msg).split(' ')[0] ?? '') }),
  );
  await Promise.all(publishing);
  await waitFor(async () => (await rawMessages(bus)) === 0, { what: 'the stream to be empty' });
  await lanes.stop();

  expect(seen.size).toBe(total);
});

test('the same id again is the same message', async () => {
  await using set = await startBusTest();

  const first = await publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.from('a'), open);
  const again = await publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.from('a'), open);
  const other = aBatch(0, 'aaaaaaaaaaaaaaaa');
  const content = await publishBatch(set.bus, 'raw', route, other, Buffer.from('b'), open);

  expect([first.duplicate, again.duplicate, content.duplicate]).toEqual([false, true, false]);
  expect(await rawMessages(set.bus)).toBe(2);
});

test('a message that is larger than the server takes is given up', async () => {
  await using set = await startBusTest();
  const publishing = publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.alloc(1_100_000), open);

  await expect(publishing).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'MESSAGE_INVALID',
  });
});

test('a message for another stream is not given up', async () => {
  await using set = await startBusTest();
  const publishing = publish(set.bus, {
    subject: rawSubject,
    stream: 'LOAD_LIVE',
    data: '',
    id: 'x',
    signal: open,
  });

  await expect(publishing).rejects.toMatchObject({ name: 'TransientError' });
});

test('a publisher that waits ends with its signal', async () => {
  await using set = await startBusTest();
  const stop = new AbortController();
  await set.nats.kill();
  const publishing = publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.from('a'), stop.signal);

  stop.abort(new Error('stopped'));

  await expect(publishing).rejects.toThrow('stopped');
});

test('a server that comes back gets the message once', async () => {
  await using set = await startBusTest();
  await set.nats.kill();
  const publishing = publishBatch(set.bus, 'raw', route, aBatch(7), Buffer.from('a'), open);

  await set.nats.restart();
  await publishing;

  expect(await rawMessages(set.bus)).toBe(1);
  const stored = await set.bus.jsm.streams.getMessage('RAW_LIVE', { last_by_subj: rawSubject });
  expect(stored?.header.get('Nats-Msg-Id')).toBe(rawId(7));
});

test('an event is a hint: it arrives, or is forgotten without a word', async () => {
  await using set = await startBusTest();

  await publishEvent(set.bus, 'run', 'github', { v: 1 });
  const events = await set.bus.jsm.streams.info('EVENTS');
  await set.nats.kill();
  await publishEvent(set.bus, 'run', 'github', { v: 1 });

  expect(events.state.messages).toBe(1);
});
