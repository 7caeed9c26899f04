import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { startLanes } from '../src/index.ts';
import { type BusTest, putRaw, rawLanes, rawMessages, startBusTest, textOf } from './a-bus.ts';

// A killed server has written a part of what it knew: of one message that it was removed and not that it was acked, of
// another that it was acked and not that it was removed. Put together here from what was on its disk at several moments.

test('what a killed server has half removed, and holds up what is behind it, is cleared away', async ({
  skip,
}) => {
  await using set = await startBusTest({ ackWaitMs: 1_000 });
  if (set.nats.storeFolder === undefined) return skip('the store is not on this machine');
  const { jsm } = set.bus;
  for (const text of ['1', '2', '3', '4']) await putRaw(set.bus, text);
  expect(await takeAndAck(set, [])).toBe(4);
  await jsm.streams.deleteMessage('RAW_LIVE', 4);
  const began = await whileStopped(set, async (folder) => keep(folder, 'began'));
  await jsm.streams.deleteMessage('RAW_LIVE', 1);
  await whileStopped(set, async (folder) => {
    await keep(join(folder, 'msgs'), 'msgs');
    await bring(began, folder);
  });
  await waitFor(
    async () => (await takeAndAck(set, [2, 3])) === 3 && (await rawMessages(set.bus)) === 1,
    {
      what: 'two to be acked',
    },
  );
  await whileStopped(set, async (folder) =>
    bring(kept(join(folder, 'msgs'), 'msgs'), join(folder, 'msgs')),
  );

  const seen: string[] = [];
  const handler = async (msg: { data: Uint8Array }): Promise<void> => void seen.push(textOf(msg));
  const lanes = startLanes(set.bus, rawLanes({ ackWaitMs: 1_000, handler }));
  await waitFor(async () => (await rawMessages(set.bus)) === 0, { what: 'an empty stream' });
  await putRaw(set.bus, '5');
  await waitFor(() => seen.includes('5'), { what: 'what comes next' });
  await lanes.stop();

  const { num_ack_pending } = await jsm.consumers.info('RAW_LIVE', 'transform');
  expect(num_ack_pending).toBe(0);
});

/** Takes what is delivered, and acks some of it; tells how much it was. */
async function takeAndAck({ bus }: BusTest, acked: readonly number[]): Promise<number> {
  const consumer = await bus.js.consumers.get('RAW_LIVE', 'transform');
  let taken = 0;
  for await (const message of await consumer.fetch({ max_messages: 4, expires: 1_000 })) {
    taken += 1;
    if (acked.includes(message.seq)) await message.ackAck();
  }
  return taken;
}

/** Does something with the stream's folder while no server runs on it. */
async function whileStopped<T>(
  { nats, bus }: BusTest,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await nats.stop();
  const done = await work(join(nats.storeFolder ?? '', 'jetstream', '$G', 'streams', 'RAW_LIVE'));
  await nats.restart();
  await waitFor(() => bus.isConnected(), { what: 'the connection' });
  return done;
}

/** Outside of what the server reads. */
function kept(folder: string, name: string): string {
  return join(folder.slice(0, folder.indexOf('jetstream')), `kept-${name}`);
}

async function keep(folder: string, name: string): Promise<string> {
  await cp(folder, kept(folder, name), { recursive: true });
  return kept(folder, name);
}

async function bring(from: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true });
  await cp(from, folder, { recursive: true });
}
