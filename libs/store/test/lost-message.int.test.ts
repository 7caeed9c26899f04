import { randomUUID } from 'node:crypto';
import { freshDatabase, waitFor, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertLostMessage } from '../src/index.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function someoneWaits(): Promise<void> {
  await waitFor(
    async () => {
      const { rowCount } = await database.pool().query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rowCount === 1;
    },
    { what: 'the second to wait for the first' },
  );
}

test.each([
  ['no run', null],
  ['a run', randomUUID()],
])('a message of %s that several bring at the same moment is kept once', async (_what, runId) => {
  const message = {
    collector: 'things',
    runId,
    digest: '0123456789abcdef',
    code: 'MESSAGE_INVALID',
    reason: 'a load batch cannot be read',
    payload: 'garbage',
    traceId: undefined,
  };
  const [first, second] = [await database.pool().connect(), await database.pool().connect()];
  try {
    await first.query('begin');
    await insertLostMessage(first, message);
    const late = insertLostMessage(second, message);
    await Promise.race([late, someoneWaits()]);
    await first.query('commit');
    await late;
  } finally {
    first.release();
    second.release();
  }
  const { rows } = await database
    .pool()
    .query('select payload from tidemark.dead_letters where run_id is not distinct from $1', [
      runId,
    ]);
  expect(rows).toEqual([{ payload: 'garbage' }]);
});
