import { TerminalError, TransientError } from '@tidemark/runtime';
import { waitFor } from '@tidemark/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createGate,
  type Lanes,
  type LanesOptions,
  type Message,
  startLanes,
} from '../src/index.ts';
import { type BusTest, putRaw, rawLanes, rawMessages, startBusTest, textOf } from './a-bus.ts';

let set: BusTest;
let running: Lanes[] = [];

beforeAll(async () => {
  set = await startBusTest();
});
beforeEach(async () => {
  await set.bus.jsm.streams.purge('RAW_LIVE');
});
afterEach(async () => {
  await Promise.all(running.map((lanes) => lanes.stop()));
  running = [];
});
afterAll(() => set[Symbol.asyncDispose]());

function start(options: Partial<LanesOptions>): Lanes {
  const lanes = startLanes(set.bus, rawLanes(options));
  running.push(lanes);
  return lanes;
}

function empty(): Promise<unknown> {
  return waitFor(async () => (await rawMessages(set.bus)) === 0, { what: 'an empty stream' });
}

test('a handler that takes longer than ack_wait keeps its message', async () => {
  const deliveries: number[] = [];
  start({
    handler: async (msg) => {
      deliveries.push(msg.deliveries);
      await delay(2_500);
    },
  });

  await putRaw(set.bus, 'slow');
  await empty();

  expect(deliveries).toEqual([1]);
});

test('what can only be waited for is held in place and not counted', async () => {
  const deliveries: number[] = [];
  start({
    handler: async (msg) => {
      deliveries.push(msg.deliveries);
      if (deliveries.length < 4) {
        throw new TransientError('DATABASE_UNAVAILABLE', 'away', { retryAfterMs: 500 });
      }
    },
  });

  await putRaw(set.bus, 'patient');
  await empty();

  expect(deliveries).toEqual([1, 1, 1, 1]);
});

test('a message that waits takes no place from others', async () => {
  const done: string[] = [];
  let isAway = true;
  start({
    lanes: 3,
    gate: createGate(1),
    handler: async (msg) => {
      if (textOf(msg) === 'waits' && isAway) {
        throw new TransientError('SOURCE_THROTTLED', 'wait', { retryAfterMs: 300 });
      }
      done.push(textOf(msg));
    },
  });

  await putRaw(set.bus, 'waits');
  for (const text of ['a', 'b', 'c']) await putRaw(set.bus, text);
  await waitFor(() => done.length === 3, { what: 'the others' });
  isAway = false;
  await empty();

  expect(done).toEqual(['a', 'b', 'c', 'waits']);
});

test('what fails for good is sent on, patiently, and then removed', async () => {
  const ended: string[] = [];
  let tries = 0;
  start({
    handler: () => Promise.reject(new TerminalError('RESPONSE_INVALID', 'no JSON')),
    onEnd: async (msg, error) => {
      tries += 1;
      if (tries < 3) throw new TransientError('BUS_UNAVAILABLE', 'away', { retryAfterMs: 20 });
      ended.push(`${textOf(msg)} ${error.code} ${msg.deliveries}`);
    },
  });

  await putRaw(set.bus, 'bad');
  await empty();

  expect(ended).toEqual(['bad RESPONSE_INVALID 1']);
});

test('what breaks the program counts, is alone from the third delivery, and ends at the limit', async () => {
  const gate = createGate(4);
  const company: number[] = [];
  const ended: string[] = [];
  let inside = 0;
  start({
    lanes: 4,
    gate,
    poisonDeliveries: 5,
    handler: async (msg) => {
      inside += 1;
      try {
        if (textOf(msg) === 'poison') {
          company[msg.deliveries] = inside - 1;
          throw new TypeError('x is not a function');
        }
        await delay(150);
      } finally {
        inside -= 1;
      }
    },
    onEnd: async (msg, error) => void ended.push(`${textOf(msg)} ${error.code} ${msg.deliveries}`),
  });

  await putRaw(set.bus, 'poison');
  for (let n = 0; n < 120; n += 1) await putRaw(set.bus, `good ${n}`);
  await empty();

  expect(ended).toEqual(['poison MESSAGE_POISON 5']);
  expect(company.slice(3)).toEqual([0, 0]);
});

test('a message of a newer release goes back untouched', async () => {
  const seen: string[] = [];
  start({ handler: async (msg) => void seen.push(textOf(msg)) });

  await putRaw(set.bus, 'from the future', '99');
  await putRaw(set.bus, 'of today');
  await waitFor(() => seen.length > 0, { what: 'the message of today' });

  expect(seen).toEqual(['of today']);
  expect(await rawMessages(set.bus)).toBe(1);
});

test('a message of a newer release may be held for ever: before it counts as poison a copy takes its place', async () => {
  const ended: string[] = [];
  const before = await set.bus.jsm.streams.info('RAW_LIVE');
  const lanes = start({
    holdMs: 20,
    poisonDeliveries: 6,
    onEnd: async (msg) => void ended.push(textOf(msg)),
  });

  await putRaw(set.bus, 'from the future', '99');
  const lastSeq = async (): Promise<number> =>
    (await set.bus.jsm.streams.info('RAW_LIVE')).state.last_seq;
  await waitFor(async () => (await lastSeq()) >= before.state.last_seq + 4, { what: 'copies' });
  await lanes.stop();

  expect(ended).toEqual([]);
  expect(await rawMessages(set.bus)).toBe(1);
  const copy = await set.bus.jsm.streams.getMessage('RAW_LIVE', { seq: await lastSeq() });
  expect(Buffer.from(copy?.data ?? []).toString()).toBe('from the future');
  expect(copy?.header.get('Tidemark-Version')).toBe('99');
  // Read at last, it is no poison: it was delivered only a few times.
  const consumer = await set.bus.js.consumers.get('RAW_LIVE', 'transform');
  const next = await consumer.next({ expires: 5_000 });
  expect(next?.info.deliveryCount).toBeLessThanOrEqual(4);
  next?.ack();
});

test('a stop lets handlers finish, gives back what waits, and takes nothing more', async () => {
  const finished: string[] = [];
  const lanes = start({
    handler: async (msg) => {
      if (textOf(msg) === 'waits') {
        throw new TransientError('DATABASE_UNAVAILABLE', 'away', { retryAfterMs: 60_000 });
      }
      await delay(400);
      finished.push(textOf(msg));
    },
  });
  await putRaw(set.bus, 'waits');
  await putRaw(set.bus, 'works');
  await waitFor(() => lanes.busy() === 2, { what: 'both in hand' });

  const before = performance.now();
  await lanes.stop();

  expect(performance.now() - before).toBeLessThan(9_000);
  expect(finished).toEqual(['works']);
  const next: string[] = [];
  start({ handler: async (msg) => void next.push(textOf(msg)) });
  await empty();
  expect(next).toEqual(['waits']);
});

test('a stop ends what does not finish within its grace, and idle lanes at once', async () => {
  const aborted: string[] = [];
  const lanes = start({
    stopGraceMs: 200,
    handler: async (msg, signal) => {
      await delay(60_000, undefined, { signal }).catch((error: Error) => {
        aborted.push(textOf(msg));
        throw error;
      });
    },
  });
  await putRaw(set.bus, 'endless');
  await waitFor(() => lanes.busy() === 1, { what: 'work' });

  const before = performance.now();
  await lanes.stop();

  expect(performance.now() - before).toBeLessThan(4_500);
  expect(aborted).toEqual(['endless']);
  expect(await rawMessages(set.bus)).toBe(1);
});

test('lanes on a consumer that comes later start by themselves', async () => {
  const seen: string[] = [];
  start({
    consumer: 'later',
    stream: 'EVENTS',
    handler: async (msg) => void seen.push(textOf(msg)),
  });
  await set.bus.js.publish('tidemark.event.run.github', 'early');

  await set.bus.jsm.consumers.add('EVENTS', { durable_name: 'later', ack_policy: 'explicit' });
  await waitFor(() => seen.length === 1, { what: 'the event' });

  expect(seen).toEqual(['early']);
});

test('more messages that wait than there are lanes stop nobody else, and all of them are done in the end', async () => {
  const done: string[] = [];
  const deliveries: number[] = [];
  let isAway = true;
  start({
    lanes: 2,
    gate: createGate(2),
    handler: async (msg) => {
      if (textOf(msg).startsWith('waits') && isAway) {
        throw new TransientError('TARGET_SCHEMA_MISMATCH', 'locked', { retryAfterMs: 200 });
      }
      done.push(textOf(msg));
      deliveries.push(msg.deliveries);
    },
  });

  for (let at = 0; at < 9; at += 1) await putRaw(set.bus, `waits ${at}`);
  await putRaw(set.bus, 'hurries');
  await waitFor(() => done.includes('hurries'), { what: 'the message behind those that wait' });
  isAway = false;
  await empty();

  expect(done).toHaveLength(10);
  expect(deliveries).toEqual(Array.from({ length: 10 }, () => 1));
});

test('a stop gives back what waits beside its lane', async () => {
  const lanes = start({
    lanes: 1,
    handler: async () => {
      throw new TransientError('DATABASE_UNAVAILABLE', 'away', { retryAfterMs: 60_000 });
    },
  });
  for (let at = 0; at < 3; at += 1) await putRaw(set.bus, `waits ${at}`);
  await waitFor(() => lanes.busy() === 3, { what: 'all of them to wait' });

  await lanes.stop();

  expect(lanes.busy()).toBe(0);
  const done: string[] = [];
  start({ handler: async (msg) => void done.push(textOf(msg)) });
  await empty();
  expect(done.toSorted()).toEqual(['waits 0', 'waits 1', 'waits 2']);
});

/** Stops lanes so often while they hold a message, and tells what of it each of them saw. */
async function seenOverStops(times: number, options: Partial<LanesOptions>): Promise<Message[]> {
  const seen: Message[] = [];
  for (let at = 0; at < times; at += 1) {
    const before = seen.length;
    const lanes = start({
      ...options,
      handler: async (msg, signal) => {
        seen.push(msg);
        await options.handler?.(msg, signal);
      },
    });
    await waitFor(() => seen.length > before && lanes.busy() === 1, { what: 'the message' });
    await lanes.stop();
    expect(await rawMessages(set.bus)).toBe(1);
  }
  return seen;
}

test('however often lanes are stopped, what waits is not counted, and goes on as the same message', async () => {
  await putRaw(set.bus, 'patient');

  const seen = await seenOverStops(4, {
    handler: async () => {
      throw new TransientError('SOURCE_THROTTLED', 'wait', { retryAfterMs: 60_000 });
    },
  });

  expect(seen.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 1]);
  expect(new Set(seen.map(({ streamSeq }) => streamSeq)).size).toBe(1);
  expect(new Set(seen.map(({ publishedAtUs }) => publishedAtUs)).size).toBe(1);
  const [first, ...later] = seen.map(({ waitsSinceMs }) => waitsSinceMs);
  expect(first).toBeUndefined();
  expect(later).toEqual([later[0], later[0], later[0]]);
  expect(Math.abs(Date.now() - (later[0] ?? 0))).toBeLessThan(20_000);
});

test('what stops cut off is counted once at most, and what ended a process before is counted all the same', async () => {
  await putRaw(set.bus, 'long');

  const seen = await seenOverStops(4, {
    stopGraceMs: 10,
    handler: (_msg, signal) => delay(60_000, undefined, { signal }),
  });

  expect(seen.map(({ deliveries }) => deliveries)).toEqual([1, 2, 2, 2]);
  const consumer = await set.bus.js.consumers.get('RAW_LIVE', 'transform');
  const crashed = await consumer.next({ expires: 5_000 });
  expect(crashed?.info.deliveryCount).toBe(1);
  const [next] = await seenOverStops(1, {
    handler: () => Promise.reject(new TransientError('BUS_FULL', 'wait', { retryAfterMs: 60_000 })),
  });
  expect(next?.deliveries).toBe(3);
});

test('a suspect that only has to wait is none any more: its deliveries count from one again', async () => {
  await putRaw(set.bus, 'near a crash');
  const consumer = await set.bus.js.consumers.get('RAW_LIVE', 'transform');
  for (let crash = 0; crash < 2; crash += 1) await consumer.next({ expires: 5_000 });
  const deliveries: number[] = [];

  start({
    handler: (msg) => {
      deliveries.push(msg.deliveries);
      if (deliveries.length > 1) return Promise.resolve();
      return Promise.reject(new TransientError('BUS_FULL', 'wait', { retryAfterMs: 60_000 }));
    },
  });
  await empty();

  expect(deliveries).toEqual([3, 1]);
});
