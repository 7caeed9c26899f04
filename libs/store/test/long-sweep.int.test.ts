import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertSweep, Store, sweepRun } from '../src/index.ts';
import { aRun, loadABatch, recordAPage } from './run-builder.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

test('a sweep is waited for longer than any other answer, or the run of a large target would never end', async () => {
  const run = await aRun(pool);
  await pool.query('update tidemark.collector_runs set chunks_planned = 1 where id = $1', [run]);
  await pool.query(`
    create table public.things (
      id bigint primary key, updated_at timestamptz, _run_id uuid, _batch_id bigint,
      _asked_at timestamptz, _deleted_at timestamptz);
    create function public.take_long() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.6); return null; end $$;
    create trigger take_long after update on public.things execute function public.take_long()`);
  const target = { target: 'public.things', key: ['id'], scope: [] };
  await insertSweep(pool, { runId: run, ...target, deletions: 'mark', maxDeletedShare: 1 });
  await recordAPage(pool, run, { last: true });
  await loadABatch(pool, run);

  const times = { statementTimeoutMs: 200, silenceMs: 100 };
  await using store = new Store({ url: database.url, name: 'test', maxConnections: 1, ...times });
  const swept = await store.transaction((db) => sweepRun(db, run));

  expect(swept).toEqual({ runStatus: 'success', deleted: 0 });
});
