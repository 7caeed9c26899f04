import { randomBytes, randomUUID } from 'node:crypto';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
  await harness.define('things', yamlOf('things'));
  await harness.start({ TIDEMARK_STREAM_MAX_BYTES: '1000' });
});
afterAll(() => harness[Symbol.asyncDispose]());

test('a replay whose stream has no room is answered once, and its letters are left to the sweep', async () => {
  await harness.command('run', 'things');
  const { run_id: run } = await harness.answer('things');
  await harness.finishRun(run ?? '', 'things');
  const payload = JSON.stringify({ id: 1, note: randomBytes(3_000).toString('base64') });
  const { rows } = await harness.pool.query<{ id: string }>(
    `insert into tidemark.dead_letters (collector_name, run_id, chunk_id, seq, digest, part, kind, position, code, reason, payload)
     values ('things', $1, 0, 0, '0000000000000000', 0, 'record', 0, 'RECORD_INVALID', 'no', $2) returning id`,
    [run, payload],
  );

  await harness.command('replay', 'things', { letters: [rows[0]?.id] }, randomUUID());

  await waitFor(async () => (await harness.bus.jsm.streams.info('COMMANDS')).state.messages === 0, {
    what: 'the command to be done',
    timeoutMs: 30_000,
  });
  expect(await harness.answer('things', 1)).toMatchObject({ outcome: 'accepted' });
  const { delivered } = await harness.bus.jsm.consumers.info('COMMANDS', 'control');
  expect(delivered.consumer_seq).toBe(2);
  const letters = await harness.pool.query('select status from tidemark.dead_letters');
  expect(letters.rows).toEqual([{ status: 'replaying' }]);
});
