import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findCheckpoint,
  findLastCursor,
  forgetSweeps,
  listActiveRuns,
  listClosingRuns,
  listDefinitionsInUse,
  listQueuedCommands,
  listQuietChunks,
  listRefusedCommands,
  listRuns,
  listUnreportedRehearsals,
  prune,
  type Queryable,
} from '../src/index.ts';

const RUNS = 20_000;

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
  await pool.query(
    `insert into tidemark.collector_runs
            (id, collector_name, class, mode, status, triggered_by, revision, started_at, completed_at)
     select gen_random_uuid(), 'c' || n % 20, 'live', 'incremental', 'success', 'test', 'r',
            clock_timestamp() - n * interval '1 minute', clock_timestamp() - n * interval '1 minute'
       from generate_series(1, $1::integer) as n`,
    [RUNS],
  );
  await pool.query(
    `insert into tidemark.commands (id, verb, collector_name, payload, outcome)
     select gen_random_uuid(), 'run', 'c' || n % 20, '{}', 'accepted'
       from generate_series(1, $1::integer) as n`,
    [RUNS],
  );
  await pool.query('analyze tidemark.collector_runs, tidemark.commands');
});
afterAll(() => database.drop());

type Question = (db: Queryable) => Promise<unknown>;

test.each<[string, Question]>([
  ['the newest runs', (db) => listRuns(db, { limit: 20 })],
  ['active runs', (db) => listActiveRuns(db)],
  ['closing runs', listClosingRuns],
  ['rehearsals without a report', listUnreportedRehearsals],
  ['quiet chunks', (db) => listQuietChunks(db, 60_000)],
  ['queued commands', (db) => listQueuedCommands(db)],
  ['refused commands', (db) => listRefusedCommands(db, 20)],
  ['definitions in use', listDefinitionsInUse],
  ['the last run with open chunks', (db) => findCheckpoint(db, 'c1', 'live')],
  ['the last cursor', (db) => findLastCursor(db, 'c1')],
  ['what sweeps left', forgetSweeps],
  ['a step of removal, when nothing is old', (db) => prune(db, { keepDays: 30, rows: 100 })],
])('%s are found without reading all that ever was', async (_, ask) => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const before = await rowsRead(client);
    await ask(client);
    expect((await rowsRead(client)) - before).toBeLessThan(RUNS / 20);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

/** Rows that this transaction has read of what grows with time, by scans of whole tables and by indexes. */
async function rowsRead(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ read: string }>(
    `select sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)) as read
       from pg_class
      where relname in ('collector_runs', 'commands') and relnamespace = 'tidemark'::regnamespace`,
  );
  return Number(rows[0]?.read ?? 0);
}
