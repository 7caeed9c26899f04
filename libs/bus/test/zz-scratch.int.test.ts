import { connectBus, publishBatch, startLanes } from '../src/index.ts';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { aBatch, logger, rawLanes, rawMessages, route, startBusTest, textOf } from './a-bus.ts';

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
  const t0 = performance.now();
  await waitFor(async () => (await rawMessages(set.bus)) === 0, {
    what: 'an empty stream',
    timeoutMs: 100_000,
  }).catch(() => undefined);
  console.log(
    performance.now() - t0,
    seen.size,
    [...seen.values()].filter((n) => n > 1).length,
    lanes.busy(),
    Date.now() - lanes.lastPullAt(),
  );
  const si = await set.bus.jsm.streams.info('RAW_LIVE');
  const ci = await set.bus.jsm.consumers.info('RAW_LIVE', 'transform');
  console.log(
    'STATE',
    si.state.messages,
    si.state.first_seq,
    si.state.last_seq,
    JSON.stringify({
      d: ci.delivered,
      a: ci.ack_floor,
      p: ci.num_pending,
      ap: ci.num_ack_pending,
      r: ci.num_redelivered,
      w: ci.num_waiting,
    }),
  );
  await lanes.stop();

  expect(seen.size).toBe(total);
}, 180_000);
