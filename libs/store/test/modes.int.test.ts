import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  cancelRun,
  endLimitedRun,
  findCheckpoint,
  findEarlierRun,
  insertRun,
  lockWatermarks,
  pauseRun,
  prune,
  releaseChunks,
  resetWatermarks,
  resumeRun,
  takeOverChunks,
  type TakeOver,
} from '../src/index.ts';
import { aRun, loadABatch, readRun, recordAPage } from './run-builder.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 8 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query(
    `truncate tidemark.collector_runs, tidemark.chunks, tidemark.pages, tidemark.batches, tidemark.watermarks,
              tidemark.items, tidemark.dead_letters`,
  );
});

const covered = async () =>
  (await lockWatermarks(pool, 'things'))[0]?.covered.map(({ from, to }) => `${from}-${to}`);

async function read(run: string, chunk: number, bound: string | null = null): Promise<void> {
  await loadABatch(pool, run, { chunk });
  await recordAPage(pool, run, { chunk, last: true, bound });
}

async function fail(run: string, chunk: number): Promise<void> {
  await pool.query(`select tidemark.end_chunk($1, $2, 'failed', 'SOURCE_REJECTED', 'no')`, [
    run,
    chunk,
  ]);
}

async function planned(run: string): Promise<string> {
  await pool.query(
    `update tidemark.collector_runs
        set chunks_planned = (select count(*) from tidemark.chunks where run_id = $1) where id = $1`,
    [run],
  );
  return run;
}

/** A run that takes chunks of another one up, active as if they were released. */
async function takeUp(parent: string, chunkIds?: readonly number[]) {
  const taking = await takeFrom(parent, { statuses: ['failed'], chunkIds, goesOn: false });
  await pool.query(
    `update tidemark.chunks set status = 'active', attempt = 1, released_at = clock_timestamp() where run_id = $1`,
    [taking.id],
  );
  return taking;
}

/** A run that takes chunks of another one up and has not begun. */
async function takeFrom(
  parent: string,
  what: Pick<TakeOver, 'statuses' | 'chunkIds' | 'goesOn'>,
): Promise<{ readonly id: string; readonly taken: number }> {
  const id = randomUUID();
  await insertRun(pool, {
    id,
    collectorName: 'things',
    runClass: 'live',
    mode: 'retry',
    triggeredBy: 'test',
    revision: 'fedcba9876543210',
    parallel: 8,
    traceparent: null,
    parentRunId: parent,
  });
  const taken = await takeOverChunks(pool, {
    runId: id,
    parentRunId: parent,
    ...what,
    revision: 'fedcba9876543210',
    plannedAtUs: '1800000000000000',
  });
  return { id, taken };
}

describe('slices of one window', () => {
  const slices = async () => {
    const chunk = { cursorFrom: '0', cursorTo: '1000' };
    const run = await planned(await aRun(pool, { chunks: [chunk, chunk, chunk, chunk] }));
    await read(run, 0, '600');
    await read(run, 1, '700');
    await fail(run, 2);
    await fail(run, 3);
    expect(await covered()).toEqual([]);
    return run;
  };

  test('are covered by a retry of all that failed, up to where the others were read', async () => {
    const run = await slices();

    const { id, taken } = await takeUp(run);
    await read(id, 2, '900');
    expect(await covered()).toEqual([]);
    await read(id, 3, '900');

    expect(taken).toBe(2);
    expect(await covered()).toEqual(['0-600']);
    expect(await readRun(pool, id)).toMatchObject({ status: 'success', watermark_to: '600' });
    expect(await findEarlierRun(pool, run)).toMatchObject({ succeededBy: id, failedChunks: 2 });
  });

  test('are not covered by a retry of one, while another is missing', async () => {
    const run = await slices();

    const { id, taken } = await takeUp(run, [3]);
    await read(id, 3, '900');

    expect(taken).toBe(1);
    expect(await readRun(pool, id)).toMatchObject({ status: 'success' });
    expect(await covered()).toEqual([]);
    expect(await findEarlierRun(pool, run)).toMatchObject({ succeededBy: null });
  });

  test('keep what they were told, over two retries', async () => {
    const run = await slices();

    const first = await takeUp(run);
    await planned(first.id);
    await read(first.id, 2, '650');
    await fail(first.id, 3);
    const second = await takeUp(first.id);
    await read(second.id, 3, '900');

    expect(await covered()).toEqual(['0-600']);
  });
});

test('a chunk that is taken up is of the class of the run that takes it', async () => {
  const task = { page: { seq: 0 }, runClass: 'backfill' };
  const run = await planned(await aRun(pool, { chunks: [{ task }] }));
  await fail(run, 0);

  const { id } = await takeUp(run);

  const { rows } = await pool.query('select task from tidemark.chunks where run_id = $1', [id]);
  expect(rows).toMatchObject([{ task: { runId: id, runClass: 'live' } }]);
});

describe('the checkpoint', () => {
  test('is the last run, if it left chunks open', async () => {
    const chunk = { cursorFrom: '0', cursorTo: '10' };
    const first = await planned(
      await aRun(pool, { chunks: [chunk, { cursorFrom: '10', cursorTo: '20' }] }),
    );
    await read(first, 0, '10');
    expect(await findCheckpoint(pool, 'things', 'live')).toBeUndefined();
    await cancelRun(pool, first, 'enough');

    expect(await findCheckpoint(pool, 'things', 'live')).toMatchObject({
      id: first,
      openChunks: 1,
    });
    expect(await findCheckpoint(pool, 'things', 'backfill')).toBeUndefined();
    expect(await findCheckpoint(pool, 'others', 'live')).toBeUndefined();

    const second = await planned(await aRun(pool, { chunks: [chunk] }));
    await read(second, 0, '10');

    expect(await findCheckpoint(pool, 'things', 'live')).toBeUndefined();
  });
});

describe('a chunk that was cut off', () => {
  const both = ['failed', 'cancelled'] as const;

  /** A run that read three pages of its chunk, of which two were loaded, when it ended. */
  const cutOff = async (): Promise<string> => {
    const run = await planned(
      await aRun(pool, { chunks: [{ cursorFrom: '0', cursorTo: '1000' }] }),
    );
    for (const seq of [0, 1, 2]) {
      await recordAPage(pool, run, { seq, next: [seq + 1], bound: seq === 0 ? '900' : null });
    }
    await loadABatch(pool, run, { seq: 0 });
    await loadABatch(pool, run, { seq: 1 });
    await cancelRun(pool, run, 'enough');
    return run;
  };
  const release = async (run: string) =>
    (await releaseChunks(pool, run)).map(
      ({ task }) => (task as { page: { seq: number } }).page.seq,
    );

  test('goes on at its first page that was not loaded, and counts what it reads itself', async () => {
    const { id } = await takeFrom(await cutOff(), { statuses: both, goesOn: true });
    await planned(id);

    expect(await release(id)).toEqual([2]);
    await recordAPage(pool, id, { seq: 2, last: true, digest: 'b' });
    expect(await readRun(pool, id)).toMatchObject({ ended: false });
    await loadABatch(pool, id, { seq: 2, digest: 'b' });

    expect(await readRun(pool, id)).toMatchObject({
      status: 'success',
      pages_read: 1,
      records_processed: 1,
      records_refetched: 0,
    });
    // Up to where the first page of all saw the source.
    expect(await covered()).toEqual(['0-900']);
  });

  test('is begun again there when it is lost, and goes on from there once more', async () => {
    const second = await takeFrom(await cutOff(), { statuses: both, goesOn: true });
    await release(second.id);

    const { rows } = await pool.query<{ places: { seq: number }[] }>(
      'select places from tidemark.restart_chunk($1, 0, 1)',
      [second.id],
    );
    expect(rows[0]?.places.map(({ seq }) => seq)).toEqual([2]);

    await cancelRun(pool, second.id, 'enough');
    const third = await takeFrom(second.id, { statuses: both, goesOn: true });
    expect(await release(third.id)).toEqual([2]);
  });

  test('is read from its beginning where no place is kept, and after it has failed', async () => {
    const again = await takeFrom(await cutOff(), { statuses: both, goesOn: false });
    expect(await release(again.id)).toEqual([0]);
    await cancelRun(pool, again.id, 'enough');

    const third = await takeFrom(await cutOff(), { statuses: both, goesOn: true });
    expect(await release(third.id)).toEqual([2]);
    await fail(third.id, 0);
    const fourth = await takeFrom(third.id, { statuses: both, goesOn: true });

    expect(await release(fourth.id)).toEqual([0]);
  });
});

describe('a limit', () => {
  const limitTo = (run: string, column: 'max_chunks' | 'max_records', value: number) =>
    pool.query(`update tidemark.collector_runs set ${column} = $2 where id = $1`, [run, value]);

  test('of chunks lets no more of them go, however many there are', async () => {
    const run = await planned(
      await aRun(pool, { chunks: Array.from({ length: 9 }, () => ({})), active: false }),
    );
    await limitTo(run, 'max_chunks', 3);

    expect(await releaseChunks(pool, run)).toHaveLength(3);
    await read(run, 0);
    expect(await releaseChunks(pool, run)).toEqual([]);
    await read(run, 1);
    await read(run, 2);

    expect(await readRun(pool, run)).toMatchObject({ status: 'closing', ended: false });
    expect(await endLimitedRun(pool, run)).toBe('partial');
    expect(await readRun(pool, run)).toMatchObject({
      status: 'partial',
      error_message:
        'stopped by its limit of 3 chunks, after 3 chunks and 3 records; 6 chunks are left open',
    });
  });

  test('that is not met changes nothing', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, {}] }));
    await limitTo(run, 'max_chunks', 2);

    await read(run, 0);
    await read(run, 1);

    expect(await readRun(pool, run)).toMatchObject({ status: 'success', error_message: null });
  });

  test('of records counts what open chunks have loaded, and lets a chunk that is under way end', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, {}] }));
    await limitTo(run, 'max_records', 10);

    await loadABatch(pool, run, { chunk: 0, inserted: 6 });
    expect(await readRun(pool, run)).toMatchObject({ status: 'running' });
    await loadABatch(pool, run, { chunk: 1, inserted: 6 });
    expect(await readRun(pool, run)).toMatchObject({ status: 'closing' });
    await recordAPage(pool, run, { chunk: 0, last: true });
    expect(await endLimitedRun(pool, run)).toBe('partial');

    expect(await readRun(pool, run)).toMatchObject({
      records_processed: 12,
      chunks_done: 1,
      error_message:
        'stopped by its limit of 10 records, after 1 chunks and 12 records; 1 chunks are left open',
    });
  });

  test('that was reached during a pause closes the run when it is resumed', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, {}] }));
    await limitTo(run, 'max_chunks', 1);

    expect(await pauseRun(pool, run)).toBe(true);
    await read(run, 0);
    expect(await readRun(pool, run)).toMatchObject({ status: 'paused' });
    expect(await resumeRun(pool, run)).toBe(true);

    expect(await readRun(pool, run)).toMatchObject({ status: 'closing' });
  });
});

describe('a chunk of which every record was rejected', () => {
  test.each([
    ['fails when its last batch is loaded', ['page', 'batch']],
    ['fails when its last page is recorded', ['batch', 'page']],
  ] as const)('%s', async (_what, steps) => {
    const run = await aRun(pool);
    for (const step of steps) {
      if (step === 'page') await recordAPage(pool, run, { last: true });
      else if ((await loadABatch(pool, run, { inserted: 0, rejected: 3 })) === 'rejects_exceeded')
        await fail(run, 0);
    }

    expect(await readRun(pool, run)).toMatchObject({ status: 'failed', records_processed: 3 });
  });

  test('is done when the definition takes any share of rejects', async () => {
    const run = await aRun(pool);
    await pool.query(
      `insert into tidemark.definitions (collector_name, revision, definition)
       values ('things', '0123456789abcdef', '{"limits":{"maxRejects":1}}')`,
    );
    await pool.query(
      `insert into tidemark.batches (run_id, chunk_id, seq, digest, part, attempt, outcome, asked_at)
                      values ($1, 0, 0, '000000000000000a', 0, 1, 'page', clock_timestamp())`,
      [run],
    );
    await pool.query(
      `select tidemark.finish_batch($1, 0, 1, (select id from tidemark.batches where run_id = $1), false, 0, 0, 0, 0, 2, 1, false)`,
      [run],
    );
    await recordAPage(pool, run, { last: true });

    expect(await readRun(pool, run)).toMatchObject({ status: 'success' });
    await pool.query('truncate tidemark.definitions');
  });
});

describe('a reset', () => {
  test('takes off what lies at or after the place, and moves the floor down if that is below it', async () => {
    await aRun(pool, { floor: '100' });
    await pool.query(`update tidemark.watermarks set covered = '{[10,50),[100,200)}'`);
    const reset = { collectorName: 'things', partitions: ['{}'] };

    await resetWatermarks(pool, { ...reset, to: { cursor: '150' } });
    expect(await covered()).toEqual(['10-50', '100-150']);
    await resetWatermarks(pool, { ...reset, to: { cursor: '40' } });
    expect(await lockWatermarks(pool, 'things')).toMatchObject([
      { floor: '40', covered: [{ from: '10', to: '40' }] },
    ]);
    await resetWatermarks(pool, { ...reset, partitions: [] });
    expect(await covered()).toEqual(['10-40']);
    await resetWatermarks(pool, reset);
    expect(await lockWatermarks(pool, 'things')).toEqual([]);
  });
});

describe('what is old', () => {
  const rowsOf = async (run: string) => {
    const { rows } = await pool.query<{ rows: number }>(
      `select ((select count(*) from tidemark.chunks where run_id = $1)
             + (select count(*) from tidemark.pages where run_id = $1)
             + (select count(*) from tidemark.batches where run_id = $1))::integer as rows`,
      [run],
    );
    return rows[0]?.rows;
  };
  const pruneAll = async () => {
    let steps = 0;
    for (; (await prune(pool, { keepDays: 30, rows: 2 })) > 0; steps += 1);
    return steps;
  };

  test('is removed in small steps; the run stays, and takes no late message', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, {}, {}] }));
    for (const chunk of [0, 1, 2]) await read(run, chunk);
    await pool.query(
      `insert into tidemark.dead_letters (collector_name, kind, code, reason, payload, status, created_at)
       values ('things', 'record', 'RECORD_INVALID', 'old', '', 'open', now() - interval '31 days'),
              ('things', 'record', 'RECORD_INVALID', 'replayed now', '', 'replaying', now() - interval '31 days'),
              ('things', 'record', 'RECORD_INVALID', 'new', '', 'open', now())`,
    );
    expect(await pruneAll()).toBe(1);
    expect(await rowsOf(run)).toBe(9);

    await pool.query(
      `update tidemark.collector_runs set completed_at = now() - interval '31 days'`,
    );
    expect(await pruneAll()).toBe(7);

    expect(await rowsOf(run)).toBe(0);
    expect(await readRun(pool, run)).toMatchObject({ status: 'success', records_processed: 3 });
    expect(await recordAPage(pool, run)).toMatchObject({ verdict: 'stop' });
    const letters = await pool.query('select reason from tidemark.dead_letters order by reason');
    expect(letters.rows).toEqual([{ reason: 'new' }, { reason: 'replayed now' }]);
  });

  test('is every answer to a command, and none that still waits for its turn', async () => {
    await pool.query(
      `insert into tidemark.commands (id, verb, collector_name, payload, outcome, answered_at)
       select gen_random_uuid(), 'run', 'things', '{}', outcome, now() - days * interval '1 day'
         from unnest(array['accepted', 'skipped', 'refused', 'queued']) as outcome, unnest(array[29, 31]) as days`,
    );

    expect(await pruneAll()).toBe(2);

    const { rows } = await pool.query(
      `select outcome from tidemark.commands where answered_at < now() - interval '30 days'`,
    );
    expect(rows).toEqual([{ outcome: 'queued' }]);
    expect((await pool.query('delete from tidemark.commands')).rowCount).toBe(5);
  });

  test('stays while its run is active', async () => {
    const run = await planned(await aRun(pool));
    await loadABatch(pool, run);
    await pool.query(
      `insert into tidemark.dead_letters (collector_name, kind, code, reason, payload, status, created_at, replay_run_id)
       values ('things', 'record', 'RECORD_INVALID', 'no', '', 'replayed', now() - interval '31 days', $1)`,
      [run],
    );

    expect(await pruneAll()).toBe(0);
    expect(await rowsOf(run)).toBe(2);
  });
});

describe('dead letters of a chunk that failed', () => {
  const letter = async (run: string, kind: string, chunk = 0): Promise<string> => {
    const { rows } = await pool.query<{ id: string }>(
      `insert into tidemark.dead_letters (collector_name, run_id, chunk_id, kind, code, reason, payload)
       values ('things', $1, $2, $3, 'SOURCE_REJECTED', 'no', '{}') returning id`,
      [run, chunk, kind],
    );
    return rows[0]?.id ?? '';
  };
  const stateOf = async (id: string) =>
    (
      await pool.query(
        'select status, replay_run_id, settled_at is not null as settled from tidemark.dead_letters where id = $1',
        [id],
      )
    ).rows[0];

  test('are closed by the run that reads it at last, over several; those of records and of other chunks stay', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, {}] }));
    const ids = [
      await letter(run, 'page'),
      await letter(run, 'record'),
      await letter(run, 'page', 1),
    ];
    await fail(run, 0);
    await fail(run, 1);
    const first = await takeUp(run, [0]);
    await planned(first.id);
    const again = await letter(first.id, 'message');
    await fail(first.id, 0);
    expect(await stateOf(ids[0] ?? '')).toMatchObject({ status: 'open' });

    const second = await takeUp(first.id);
    await read(second.id, 0);

    const closed = { status: 'replayed', replay_run_id: second.id, settled: true };
    expect(await Promise.all([...ids, again].map(stateOf))).toMatchObject([
      closed,
      { status: 'open' },
      { status: 'open' },
      closed,
    ]);
  });

  test('that a replay did not bring are for another replay: its chunk has nothing to ask a source for', async () => {
    const run = await planned(await aRun(pool, { chunks: [{}, { letters: ['1'] }] }));
    await fail(run, 0);
    await fail(run, 1);

    expect(await findEarlierRun(pool, run)).toMatchObject({
      hasChunks: true,
      openChunks: 1,
      failedChunks: 1,
    });
    const { id, taken } = await takeUp(run);

    expect(taken).toBe(1);
    expect(await findEarlierRun(pool, run)).toMatchObject({ succeededBy: id });
  });
});
