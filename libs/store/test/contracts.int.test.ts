import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aRun, loadABatch, recordAPage } from './run-builder.ts';

let database: FreshDatabase;
let pool: pg.Pool;

async function aGoodRun(collector: string, inserted: number): Promise<string> {
  const chunks = [{ cursorFrom: '1000000', cursorTo: null }];
  const run = await aRun(pool, { collector, chunks, floor: '1000000' });
  await recordAPage(pool, run, { last: true, bound: '1761075457774358' });
  await loadABatch(pool, run, { inserted });
  return run;
}

async function aFailedRun(collector: string): Promise<string> {
  const run = await aRun(pool, { collector });
  await pool.query(`select tidemark.end_chunk($1, 0, 'failed', 'RECORD_REFUSED', 'a bad day')`, [
    run,
  ]);
  return run;
}

/** Makes a run last so long, as if it had: durations are what two of the queries are about. */
async function lasting(run: string, seconds: number): Promise<void> {
  await pool.query(
    `update tidemark.collector_runs set started_at = completed_at - $2 * interval '1 second' where id = $1`,
    [run, seconds],
  );
}

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
  await lasting(await aGoodRun('slow', 100), 10);
  await lasting(await aGoodRun('slow', 300), 30);
  await lasting(await aGoodRun('quick', 50), 1);
  await lasting(await aFailedRun('quick'), 1);
  await lasting(await aFailedRun('broken'), 1);
});
afterAll(() => database.drop());

test('the last ten executions are listed, newest first', async () => {
  const { rows } = await pool.query(`
    SELECT
        collector_name,
        status,
        records_processed,
        records_inserted,
        records_updated,
        completed_at - started_at AS duration,
        completed_at
    FROM tidemark.collector_runs
    ORDER BY completed_at DESC
    LIMIT 10;`);

  expect(
    rows.map(({ collector_name, status, records_inserted, duration }) => [
      collector_name,
      status,
      records_inserted,
      duration.seconds,
    ]),
  ).toEqual([
    ['broken', 'failed', '0', 1],
    ['quick', 'failed', '0', 1],
    ['quick', 'success', '50', 1],
    ['slow', 'success', '300', 30],
    ['slow', 'success', '100', 10],
  ]);
});

test('collectors with errors are listed with their failures and successes', async () => {
  const { rows } = await pool.query(`
    SELECT
        collector_name,
        COUNT(*) FILTER (WHERE status = 'failed') AS failures,
        COUNT(*) FILTER (WHERE status = 'success') AS successes,
        MAX(completed_at) AS last_run
    FROM tidemark.collector_runs
    GROUP BY collector_name
    HAVING COUNT(*) FILTER (WHERE status = 'failed') > 0;`);

  const counts = rows.map((row) => [row.collector_name, row.failures, row.successes].join(' '));
  expect(counts.toSorted()).toEqual(['broken 1 0', 'quick 1 1']);
});

test('performance is compared by collector', async () => {
  const { rows } = await pool.query(`
    WITH stats AS (
        SELECT
            collector_name,
            AVG(records_processed) AS avg_processed,
            AVG(EXTRACT(EPOCH FROM (completed_at - started_at))) AS avg_duration_sec
        FROM tidemark.collector_runs
        WHERE status = 'success'
        GROUP BY collector_name
    )
    SELECT
        collector_name,
        ROUND(avg_processed) AS avg_records,
        ROUND(avg_duration_sec) AS avg_seconds,
        ROUND(avg_processed / NULLIF(avg_duration_sec, 0)) AS records_per_second
    FROM stats
    ORDER BY avg_duration_sec DESC;`);

  expect(rows).toEqual([
    { collector_name: 'slow', avg_records: '200', avg_seconds: '20', records_per_second: '10' },
    { collector_name: 'quick', avg_records: '50', avg_seconds: '1', records_per_second: '50' },
  ]);
});

test('the control table shows duration, error and watermark of each execution', async () => {
  const { rows } = await pool.query(`
    select status, records_inserted, error_message, watermark_end, round(duration_seconds) as seconds
      from tidemark.etl_control
     where collector_name = 'quick'
     order by completed_at`);

  expect(rows).toEqual([
    {
      status: 'success',
      records_inserted: '50',
      error_message: null,
      watermark_end: '1761075457774358',
      seconds: '1',
    },
    {
      status: 'failed',
      records_inserted: '0',
      error_message: 'RECORD_REFUSED: a bad day',
      watermark_end: null,
      seconds: '1',
    },
  ]);
});

test('the statistics view has one row for each collector', async () => {
  const { rows } = await pool.query(`
    select collector_name, total_runs, successful_runs, failed_runs, records_inserted, round(avg_duration_seconds) as seconds
      from tidemark.vw_etl_stats
     order by collector_name`);

  expect(rows).toEqual([
    {
      collector_name: 'broken',
      total_runs: '1',
      successful_runs: '0',
      failed_runs: '1',
      records_inserted: '0',
      seconds: null,
    },
    {
      collector_name: 'quick',
      total_runs: '2',
      successful_runs: '1',
      failed_runs: '1',
      records_inserted: '50',
      seconds: '1',
    },
    {
      collector_name: 'slow',
      total_runs: '2',
      successful_runs: '2',
      failed_runs: '0',
      records_inserted: '400',
      seconds: '20',
    },
  ]);
});

test('the last successful watermark is exact to the microsecond, and null before the first success', async () => {
  const read = async (collector: string): Promise<unknown> => {
    const { rows } = await pool.query<{ mark: string | null }>(
      `select to_char(tidemark.get_last_successful_watermark($1) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as mark`,
      [collector],
    );
    return rows[0]?.mark;
  };

  expect(await read('quick')).toBe('2025-10-21 19:37:37.774358');
  expect(await read('broken')).toBeNull();
  expect(await read('nobody')).toBeNull();
});
