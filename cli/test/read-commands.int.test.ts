import { type FreshDatabase, freshDatabase, waitFor } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInTest } from './run-in-test.ts';

const oldRun = '0197f6a0-0000-7000-8000-000000000001';
const newRun = '0197f6a0-0000-7000-8000-000000000002';

let database: FreshDatabase;
let pool: pg.Pool;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
  env = { DATABASE_URL: database.url };
});

afterAll(async () => {
  await database.drop();
});

async function insertRun(id: string, status: string, ageSeconds: number): Promise<void> {
  await pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision,
            started_at, completed_at, chunks_planned, pages_read, records_processed, records_inserted, trace_id)
     values ($1, 'usgs', 'live', 'incremental', $2, 'test', '0123456789abcdef',
             clock_timestamp() - $3 * interval '1 second',
             case when $2 not in ('running', 'paused', 'closing') then clock_timestamp() end,
             2, 3, 300, 300, 'abc')`,
    [id, status, ageSeconds],
  );
}

test('before anything was run, status and runs say so and succeed', async () => {
  const runs = await runInTest(['runs'], env);
  const status = await runInTest(['status'], env);

  expect(runs).toMatchObject({ code: 0, out: '' });
  expect(runs.err).toContain('No runs yet');
  expect(status.code).toBe(0);
  expect(status.err).toContain('No collector is registered yet');
});

test('runs lists the newest first and --json has the names of the columns', async () => {
  await insertRun(oldRun, 'success', 60);
  await insertRun(newRun, 'running', 5);

  const listed = await runInTest(['runs', '--json'], env);
  const rows = JSON.parse(listed.out);

  expect(rows.map((row: { id: string }) => row.id)).toEqual([newRun, oldRun]);
  expect(rows[1]).toMatchObject({
    collector_name: 'usgs',
    status: 'success',
    pages_read: 3,
    records_inserted: 300,
    trace_id: 'abc',
  });
  expect((await runInTest(['runs', '--status', 'running'], env)).out).not.toContain(oldRun);
  expect((await runInTest(['runs', '--limit', '1'], env)).out).not.toContain(oldRun);
});

test('an active run counts what its open chunks have done and knows the pages its source told', async () => {
  await pool.query(
    `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task, pages_read, records_processed, records_updated)
     values ($1, 0, 'active', 1, '{}', '{}', 4, 40, 40), ($1, 1, 'done', 1, '{}', '{}', 3, 300, 0)`,
    [newRun],
  );
  await pool.query(
    `insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, asked_at)
     values ($1, 0, 0, '0123456789abcdef', 1, 'page', false,
             '[{"seq": 1, "stride": {"width": 2, "total": 32}}, {"seq": 2, "stride": {"width": 2, "total": 32}}]', clock_timestamp())`,
    [newRun],
  );

  const listed = await runInTest(['runs', '--json', '--status', 'running'], env);

  expect(JSON.parse(listed.out)[0]).toMatchObject({
    pages_read: 7,
    pages_known: 35,
    records_processed: 340,
    records_inserted: 300,
    records_updated: 40,
  });
});

test('a collector whose target does not fit is shown as blocked, with the reason', async () => {
  await pool.query(
    `insert into tidemark.collectors (name, status, error_message)
     values ('stuck', 'blocked', 'the table public.stuck is not as declared: id is text, not bigint')`,
  );

  const { out } = await runInTest(['status'], env);

  expect(out).toMatch(/^stuck +blocked /m);
  expect(out).toContain('id is text, not bigint');
  await pool.query(`delete from tidemark.collectors where name = 'stuck'`);
});

test('how deep late rows lay is told in days and hours', async () => {
  await pool.query(
    `insert into tidemark.collectors (name, status, definition) values ('late', 'ready', '{"incremental":{"lookback":"10m"}}')`,
  );
  await pool.query(
    `insert into tidemark.collector_runs
            (id, collector_name, class, mode, status, triggered_by, revision, completed_at, late_records, lookback_needed)
     values ('0197f6a0-0000-7000-8000-0000000000aa', 'late', 'live', 'full', 'success', 'test', '', clock_timestamp(), 3,
             ${(50 * 3_600 + 61) * 1_000_000})`,
  );

  const { out } = await runInTest(['status'], env);

  expect(out).toContain('late: 3 late rows, 2 days 02:01:01 below the watermark;');
  await pool.query(`delete from tidemark.collector_runs where collector_name = 'late'`);
  await pool.query(`delete from tidemark.collectors where name = 'late'`);
});

test('status shows until when sources are asked for nothing, and why', async () => {
  await pool.query(
    `insert into tidemark.rate_limits (key, source, paused_until, quota, remaining, resets_at)
     values ('told', 'told', '2099-01-01', null, null, '-infinity'),
            ('counted#TOKEN', 'counted', '-infinity', 100, 0, '2098-01-01'),
            ('soon', 'soon', clock_timestamp() + interval '1 second', null, null, '-infinity'),
            ('left', 'left', '-infinity', 100, 3, '2098-01-01')`,
  );

  const { out } = await runInTest(['status'], env);
  const { pauses } = JSON.parse((await runInTest(['status', '--json'], env)).out);

  expect(out).toContain(
    'The source told is asked for nothing until 2099-01-01 00:00:00Z: it told us to wait so long\n',
  );
  expect(out).toContain(
    'The source counted#TOKEN is asked for nothing until 2098-01-01 00:00:00Z: its quota is used up\n',
  );
  expect(pauses).toMatchObject([
    { key: 'counted#TOKEN', source: 'counted', reason: 'quota' },
    { key: 'told', until: '2099-01-01T00:00:00.000Z', reason: 'asked' },
  ]);
  await pool.query('delete from tidemark.rate_limits');
});

test('status shows collectors, their marks, active runs and refused commands', async () => {
  await pool.query(
    `insert into tidemark.collectors (name, status, error_message, revision)
     values ('usgs', 'ready', null, null), ('new', 'ready', null, null), ('ids', 'ready', null, null),
            ('never-good', 'invalid', 'name: is not there', null),
            ('world-bank', 'invalid', 'source.baseUrl: no URL', 'fbc5003dfb71858a')`,
  );
  await pool.query(
    `insert into tidemark.watermarks (collector_name, partition, unit, floor, covered)
     values ('usgs', '{}', 'time', 1517270400000000, '{[1517270400000000,1767225600000000)}'),
            ('new', '{"a":1}', 'time', 1517270400000000, '{[1517270400000000,1767225600000000)}'),
            ('new', '{"a":2}', 'time', 1517270400000000, '{}'),
            ('ids', '{"a":1}', 'integer', 0, '{[0,70)}'), ('ids', '{"a":2}', 'integer', 0, '{[0,7)}')`,
  );
  await pool.query(
    `insert into tidemark.items (collector_name, partition, key, kind, last_success_at, checked_at)
     values ('world-bank', '{}', '2004', 'period', clock_timestamp(), clock_timestamp()),
            ('world-bank', '{}', '2005', 'period', null, clock_timestamp())`,
  );
  await pool.query(
    `insert into tidemark.commands (id, verb, collector_name, payload, outcome, reasons)
     values (gen_random_uuid(), 'run', 'nothing', '{}', 'refused', '{COLLECTOR_UNKNOWN: no such collector}')`,
  );

  const shown = await runInTest(['status'], env);
  const {
    collectors,
    active_runs: active,
    refused_commands: refused,
  } = JSON.parse((await runInTest(['status', '--json'], env)).out);

  expect(shown.out).toContain(
    'The definition of world-bank cannot be used as it is; runs go on with the last good one:\n  source.baseUrl: no URL\n',
  );
  expect(shown.out).toContain(
    'The definition of never-good cannot be used as it is:\n  name: is not there\n',
  );
  expect(shown.out).toContain('COLLECTOR_UNKNOWN: no such collector');
  expect(collectors).toMatchObject([
    { name: 'ids', low_water_mark: '7', lag_seconds: null },
    { name: 'never-good', low_water_mark: null },
    { name: 'new', low_water_mark: null, lag_seconds: null },
    { name: 'usgs', low_water_mark: '2026-01-01T00:00:00.000Z', last_run_id: newRun },
    { name: 'world-bank', status: 'invalid', low_water_mark: '2004' },
  ]);
  expect(active).toMatchObject([{ id: newRun }]);
  expect(refused).toMatchObject([{ collector_name: 'nothing', outcome: 'refused' }]);
});

test('watch follows a run to its end and fails unless that is success', async () => {
  const watching = runInTest(['watch', newRun, '--json'], env);
  await waitFor(
    async () => {
      const { rows } = await pool.query(
        `select from pg_stat_activity where application_name = 'tidemark-cli' and datname = current_database()`,
      );
      return rows.length > 0;
    },
    { what: 'the watching command' },
  );
  await pool.query(
    `update tidemark.collector_runs set status = 'partial', completed_at = clock_timestamp(), error_message = 'a hole' where id = $1`,
    [newRun],
  );

  const watched = await watching;
  const again = await runInTest(['watch', oldRun], env);

  expect(watched.code).toBe(1);
  expect(JSON.parse(watched.out)).toMatchObject({
    id: newRun,
    status: 'partial',
    error_message: 'a hole',
  });
  expect(again.code).toBe(0);
  expect(again.out).toContain('success');
});

test.each([
  [['watch', oldRun.replace('1', '9')], 1, /RUN_UNKNOWN/],
  [['watch', 'x'], 2, /not the id of a run/],
  [['runs', '--status', 'strange'], 2, /Allowed choices/],
  [['runs', '--limit', '0'], 2, /whole number/],
  [['nothing'], 2, /unknown command/],
  [['run', 'Big Name'], 2, /no name of a collector/],
  [
    ['run', 'usgs', '--from', 'yesterday'],
    2,
    /window\.from: a date, an instant with a zone, or an integer/,
  ],
  [['run', 'usgs', '--mode', 'some'], 2, /Allowed choices/],
  [['run', 'usgs', '--run-id', '7'], 2, /runId/],
])('%j ends with exit code %d', async (args, code, says) => {
  const result = await runInTest(args, env);

  expect(result.code).toBe(code);
  expect(result.err).toMatch(says);
  expect(result.out).toBe('');
});

test('help is a result, no mistake', async () => {
  const result = await runInTest(['--help'], env);

  expect(result.code).toBe(0);
  expect(result.out).toContain('watch');
});

test('without addresses, and with a database that is away, one sentence says so', async () => {
  const none = await runInTest(['runs'], {});
  const away = await runInTest(['runs'], { DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/x' });

  expect(none).toMatchObject({ code: 1, out: '' });
  expect(none.err).toMatch(/^CONFIG_INVALID: No DATABASE_URL is set/);
  expect(away.code).toBe(1);
  expect(away.err).toMatch(/^DATABASE_UNAVAILABLE: /);
  expect(away.err).not.toContain('hidden');
});
