import { TerminalError } from '@tidemark/runtime';
import { startRelay, waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { connectBus, startLanes } from '../src/index.ts';
import { logger, putRaw, rawLanes, startBusTest, textOf } from './a-bus.ts';

/** So long that a message which nobody gave back would be missed. */
const ACK_WAIT_MS = 60_000;

test('a message that is on its way to lanes when they stop goes back at once', async () => {
  await using set = await startBusTest({ ackWaitMs: ACK_WAIT_MS });
  await using relay = await startRelay({ targetHost: '127.0.0.1', targetPort: set.nats.port });
  const url = `nats://127.0.0.1:${relay.port}`;
  await using slow = await connectBus({ url, name: 'slow', logger });
  const options = { lanes: 1, ackWaitMs: ACK_WAIT_MS };
  const consumer = async () => set.bus.jsm.consumers.info('RAW_LIVE', 'transform');
  const stopped = startLanes(slow, rawLanes(options));
  await waitFor(async () => (await consumer()).num_waiting === 1, { what: 'a pull' });

  relay.hold('fromTarget');
  await putRaw(set.bus, 'on its way');
  await waitFor(async () => (await consumer()).num_ack_pending === 1, { what: 'it to be sent' });
  const stop = stopped.stop();
  relay.release();
  await stop;

  const seen: string[] = [];
  const others = startLanes(
    set.bus,
    rawLanes({ ...options, handler: async (msg) => void seen.push(textOf(msg)) }),
  );
  await waitFor(() => seen.length > 0, { what: 'somebody else to get it' });
  await others.stop();
  expect(seen).toEqual(['on its way']);
});

test('an ending that cannot be published goes back when the grace of a stop is over', async () => {
  await using set = await startBusTest({ ackWaitMs: ACK_WAIT_MS });
  const ending = Promise.withResolvers<void>();
  const lanes = startLanes(
    set.bus,
    rawLanes({
      lanes: 1,
      ackWaitMs: ACK_WAIT_MS,
      stopGraceMs: 50,
      handler: () => Promise.reject(new TerminalError('MESSAGE_INVALID', 'it fails for good')),
      onEnd: (_message, _error, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          ending.resolve();
        }),
    }),
  );
  await putRaw(set.bus, 'bad');
  await ending.promise;

  await lanes.stop();

  const seen: string[] = [];
  const others = startLanes(
    set.bus,
    rawLanes({
      lanes: 1,
      ackWaitMs: ACK_WAIT_MS,
      handler: async (msg) => void seen.push(textOf(msg)),
    }),
  );
  await waitFor(() => seen.length > 0, { what: 'somebody else to get it' });
  await others.stop();
  expect(seen).toEqual(['bad']);
});
