import { connectBus, messagesOfRun, publishBatch, startLanes } from '../src/index.ts';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import {
  aBatch,
  logger,
  putRaw,
  rawLanes,
  rawMessages,
  route,
  runId,
  startBusTest,
  textOf,
} from './a-bus.ts';

const open = new AbortController().signal;

test('a server that is killed and restarted under load loses no message', async () => {
  await using set = await startBusTest({ ackWaitMs: 2_000 });
  await using consumerBus = await connectBus({ url: set.nats.url, name: 'consumer', logger });
  const total = 400;
  const seen = new Map<string, number>();
  const handler = async (msg: { data: Uint8Array }): Promise<void> => {
    const text = textOf(msg);
    seen.set(text, (seen.get(text) ?? 0) + 1);
  };
  const lanes = startLanes(consumerBus, rawLanes({ lanes: 4, ackWaitMs: 2_000, handler }));

  let next = 0;
  const publishers = Array.from({ length: 4 }, async () => {
    for (let seq = next++; seq < total; seq = next++) {
      await publishBatch(set.bus, 'raw', route, aBatch(seq), Buffer.from(String(seq)), open);
    }
  });
  for (const reached of [60, 180, 300]) {
    await waitFor(() => seen.size >= reached, { what: `${reached} messages` });
    await set.nats.kill();
    await set.nats.restart();
  }
  await Promise.all(publishers);
  await waitFor(() => seen.size === total, { what: 'every message' });
  // A killed server brings acked messages back: they take room until they are cleared away.
  await waitFor(async () => (await rawMessages(set.bus)) === 0, { what: 'an empty stream' });
  await lanes.stop();

  expect(seen.size).toBe(total);
}, 60_000);

test('acked messages that a killed server brings back are no work, and what is work stays', async () => {
  await using set = await startBusTest({ ackWaitMs: 2_000 });
  const seen = new Set<string>();
  const handler = async (msg: { data: Uint8Array }): Promise<void> => void seen.add(textOf(msg));
  for (let n = 0; n < 100; n += 1) await putRaw(set.bus, `message ${n}`);
  const before = startLanes(set.bus, rawLanes({ lanes: 8, handler }));
  await waitFor(() => seen.size > 80, { what: 'most messages' });
  await before.stop();

  // The server (2.9) has not written yet which messages are removed.
  await set.nats.kill();
  await set.nats.restart();
  await waitFor(() => set.bus.isConnected(), { what: 'the connection' });
  const { num_pending, num_ack_pending } = await set.bus.jsm.consumers.info(
    'RAW_LIVE',
    'transform',
  );
  const counted = await messagesOfRun(set.bus, 'raw', 'live', runId);
  const after = startLanes(set.bus, rawLanes({ lanes: 8, ackWaitMs: 2_000, handler }));
  await waitFor(async () => (await rawMessages(set.bus)) === 0, { what: 'an empty stream' });
  await after.stop();

  expect(counted).toBeLessThanOrEqual(num_pending + num_ack_pending);
  expect(seen.size).toBe(100);
});

test('work that was in hand during an outage is finished and removed', async () => {
  await using set = await startBusTest();
  const { promise: outage, resolve: over } = Promise.withResolvers<void>();
  let runs = 0;
  const lanes = startLanes(
    set.bus,
    rawLanes({
      handler: async () => {
        runs += 1;
        await outage;
      },
    }),
  );
  await publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.from('a'), open);
  await waitFor(() => runs === 1, { what: 'the handler to begin' });

  await set.nats.kill();
  await waitFor(() => !set.bus.isConnected(), { what: 'the loss to be seen' });
  await set.nats.restart();
  await waitFor(() => set.bus.isConnected(), { what: 'the connection' });
  over();

  await waitFor(async () => (await rawMessages(set.bus)) === 0, { what: 'an empty stream' });
  await lanes.stop();
});

test('a client may be there before its server', async () => {
  await using set = await startBusTest();
  await set.nats.kill();
  const connecting = connectBus({ url: set.nats.url, name: 'early', logger });

  await set.nats.restart();
  await using bus = await connecting;

  expect(bus.isConnected()).toBe(true);
  expect(bus.level).toBeGreaterThanOrEqual(0);
});

test('closing does not wait for a server that is away', async () => {
  await using set = await startBusTest();
  const bus = await connectBus({ url: set.nats.url, name: 'short', logger });
  await set.nats.kill();

  const before = performance.now();
  await bus[Symbol.asyncDispose]();
  await bus.closed;

  expect(performance.now() - before).toBeLessThan(8_000);
});
