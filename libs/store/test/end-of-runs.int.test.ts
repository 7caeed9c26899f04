import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelRun, closeRun, listItems, lockWatermarks, restartChunk } from '../src/index.ts';
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
    'truncate tidemark.collector_runs, tidemark.chunks, tidemark.pages, tidemark.batches, tidemark.watermarks, tidemark.items',
  );
});

describe('a chunk', () => {
  test('is done when its last page is recorded and all of its parts are loaded', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { seq: 0, parts: 2, next: [1] });
    await recordAPage(pool, run, { seq: 1, digest: 'b', last: true });

    expect(await loadABatch(pool, run, { seq: 1, digest: 'b' })).toBeNull();
    expect(await loadABatch(pool, run, { part: 0 })).toBeNull();
    expect(await loadABatch(pool, run, { part: 1 })).toBe('done');
    expect(await readRun(pool, run)).toMatchObject({
      status: 'success',
      chunks_done: 1,
      records_inserted: 3,
      pages_read: 2,
      ended: true,
    });
  });

  test('is done by the recording of its last page when that comes after the loading', async () => {
    const run = await aRun(pool);
    await loadABatch(pool, run);

    const recorded = await recordAPage(pool, run, { last: true });

    expect(recorded).toMatchObject({ chunk_status: 'done', run_status: 'success' });
  });

  test('is not done by as many contents as it has pages when one of them is not the recorded one', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { seq: 0, next: [1] });
    await recordAPage(pool, run, { seq: 1, digest: 'b', last: true });

    await loadABatch(pool, run, { seq: 0 });
    await loadABatch(pool, run, { seq: 1, digest: 'other', inserted: 5 });
    expect(await readRun(pool, run)).toMatchObject({ status: 'running' });
    await loadABatch(pool, run, { seq: 1, digest: 'b' });

    expect(await readRun(pool, run)).toMatchObject({
      status: 'success',
      records_processed: 7,
      records_refetched: 5,
    });
  });

  test('keeps the first content of a page, and tells the second what follows the first', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { digest: 'a', next: [1] });

    const second = await recordAPage(pool, run, { digest: 'b', last: true });

    expect(second?.digest).toMatch(/a$/);
    expect(second?.next.map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('a window without a record on its first page, in a source without a clock', () => {
  const covered = async () =>
    (await lockWatermarks(pool, 'things'))[0]?.covered.map(({ from, to }) => `${from}-${to}`);
  const readEmpty = async (from: string, to: string) => {
    const run = await aRun(pool, { chunks: [{ cursorFrom: from, cursorTo: to }], floor: '0' });
    await recordAPage(pool, run, { last: true, bound: null });
    await loadABatch(pool, run, { inserted: 0 });
    expect(await readRun(pool, run)).toMatchObject({ status: 'success' });
  };

  test('covers nothing above what was ever seen, however far its end', async () => {
    await readEmpty('0', '1000000000');

    expect(await covered()).toEqual([]);
  });

  test('fills a hole', async () => {
    await readEmpty('0', '10');
    await pool.query(`update tidemark.watermarks set covered = '{[0,10),[20,30)}'`);

    await readEmpty('10', '20');

    expect(await covered()).toEqual(['0-30']);
  });
});

describe('many ends at once', () => {
  test('of two last chunks exactly one closes the run, every time', async () => {
    for (let round = 0; round < 15; round += 1) {
      const chunks = Array.from({ length: 6 }, () => ({}));
      const run = await aRun(pool, { collector: `round-${round}`, chunks });
      await Promise.all(
        chunks.map((_, chunk) => recordAPage(pool, run, { chunk, last: true, parts: 2 })),
      );

      await Promise.all(
        chunks.flatMap((_, chunk) => [
          loadABatch(pool, run, { chunk, part: 0 }),
          loadABatch(pool, run, { chunk, part: 1 }),
        ]),
      );

      expect(await readRun(pool, run)).toMatchObject({
        status: 'success',
        chunks_done: 6,
        records_inserted: 12,
      });
    }
  });

  test('cancelling while chunks end neither deadlocks nor loses a count', async () => {
    for (let round = 0; round < 10; round += 1) {
      const chunks = Array.from({ length: 6 }, () => ({}));
      const run = await aRun(pool, { collector: `round-${round}`, chunks });
      await Promise.all(chunks.map((_, chunk) => recordAPage(pool, run, { chunk, last: true })));

      await Promise.all([
        ...chunks.map((_, chunk) => loadABatch(pool, run, { chunk })),
        cancelRun(pool, run, 'enough'),
      ]);

      const ledger = await pool.query<{ sum: number }>(
        'select coalesce(sum(records_inserted), 0)::integer as sum from tidemark.batches where run_id = $1',
        [run],
      );
      const seen = await readRun(pool, run);
      expect(seen['status']).toMatch(/^(cancelled|success)$/);
      expect(seen['records_inserted']).toBe(ledger.rows[0]?.sum);
    }
  });
});

describe('a cancelled run', () => {
  test('keeps what was loaded, counts it, and takes nothing more', async () => {
    const run = await aRun(pool, { chunks: [{}, {}] });
    await recordAPage(pool, run, { next: [1] });
    await loadABatch(pool, run, { inserted: 4 });

    expect(await cancelRun(pool, run, 'enough')).toBe('cancelled');

    expect(await readRun(pool, run)).toMatchObject({
      status: 'cancelled',
      records_inserted: 4,
      pages_read: 1,
      error_message: 'enough',
    });
    expect(await loadABatch(pool, run, { seq: 1 })).toBe('stop');
    expect(await recordAPage(pool, run, { seq: 1 })).toMatchObject({ verdict: 'stop' });
    expect(await cancelRun(pool, run, 'again')).toBe('cancelled');
    expect(await readRun(pool, run)).toMatchObject({
      error_message: 'enough',
      records_inserted: 4,
    });
  });

  test('stays as it is when it had ended already, and an unknown one is told apart', async () => {
    const run = await aRun(pool, { chunks: [] });

    expect(await closeRun(pool, run)).toBe('success');
    expect(await cancelRun(pool, run, 'late')).toBe('success');
    expect(await cancelRun(pool, '00000000-0000-4000-8000-000000000000', 'who')).toBeNull();
  });
});

describe('a watermark', () => {
  const covered = async () => (await lockWatermarks(pool, 'things'))[0]?.covered;
  const window = { cursorFrom: '100', cursorTo: null };

  test('covers a window once all chunks that share it are done, up to their least bound', async () => {
    const run = await aRun(pool, { floor: '100', chunks: [window, window] });
    await recordAPage(pool, run, { chunk: 0, last: true, bound: '900' });
    await recordAPage(pool, run, { chunk: 1, last: true, bound: '800' });

    await loadABatch(pool, run, { chunk: 0 });
    expect(await covered()).toEqual([]);
    await loadABatch(pool, run, { chunk: 1 });

    expect(await covered()).toEqual([{ from: '100', to: '800' }]);
    expect(await readRun(pool, run)).toMatchObject({ status: 'success', watermark_to: '800' });
  });

  test('does not move for a failed chunk, and the run is partial', async () => {
    const run = await aRun(pool, { floor: '100', chunks: [window, window] });
    await recordAPage(pool, run, { chunk: 0, last: true, bound: '900' });
    await loadABatch(pool, run, { chunk: 0 });

    await pool.query(`select tidemark.end_chunk($1, 1, 'failed', 'SOURCE_REJECTED', 'no')`, [run]);

    expect(await covered()).toEqual([]);
    expect(await readRun(pool, run)).toMatchObject({
      status: 'partial',
      error_message: 'SOURCE_REJECTED: no',
    });
  });

  test('joins neighbours, moves for an empty window, and never goes back', async () => {
    for (const [from, bound] of [
      ['100', '500'],
      ['450', '900'],
      ['600', '700'],
    ]) {
      const run = await aRun(pool, { floor: '100', chunks: [{ cursorFrom: from ?? null }] });
      await recordAPage(pool, run, { last: true, bound: bound ?? null });
      await loadABatch(pool, run, { inserted: 0 });
    }

    expect(await covered()).toEqual([{ from: '100', to: '900' }]);
  });

  test('an interval below the floor does not pull the low-water mark back', async () => {
    for (const [from, to] of [
      ['100', '900'],
      ['10', '50'],
    ]) {
      const run = await aRun(pool, {
        floor: '100',
        chunks: [{ cursorFrom: from ?? null, cursorTo: to ?? null }],
      });
      await recordAPage(pool, run, { last: true, bound: '1000' });
      await loadABatch(pool, run);
    }

    const { rows } = await pool.query(
      'select tidemark.low_water_mark(covered, floor)::text as mark from tidemark.watermarks',
    );
    expect(rows).toEqual([{ mark: '900' }]);
    expect(await covered()).toEqual([
      { from: '10', to: '50' },
      { from: '100', to: '900' },
    ]);
  });
});

test('periods remember their own success and signal; unchanged ones were only looked at', async () => {
  const chunks = [{ items: ['2023', '2024'] }];
  const read = await aRun(pool, { chunks });
  await recordAPage(pool, read, { last: true, signal: 'v1' });
  await loadABatch(pool, read);
  const [first] = await listItems(pool, 'things');

  const looked = await aRun(pool, { chunks });
  await recordAPage(pool, looked, { last: true, outcome: 'unchanged', signal: 'v1' });
  await loadABatch(pool, looked, { inserted: 0 });

  const items = await listItems(pool, 'things');
  expect(items.map(({ key, signal }) => [key, signal])).toEqual([
    ['2023', 'v1'],
    ['2024', 'v1'],
  ]);
  expect(first?.lastSuccessUs).toBe('1700000000000000');
  expect(items[0]?.lastSuccessUs).toBe(first?.lastSuccessUs);
});

describe('a lost chunk', () => {
  const seqs = (places: unknown[]) => places.map((place) => Object(place).seq as number);

  test('begins again at its first page when nothing is recorded', async () => {
    const run = await aRun(pool);

    const restarted = await restartChunk(pool, { runId: run, chunkId: 0, attempt: 1 });

    expect(restarted.attempt).toBe(2);
    expect(seqs(restarted.places)).toEqual([0]);
  });

  test('goes on after the last recorded page when all parts arrived', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { seq: 0, next: [1] });
    await recordAPage(pool, run, { seq: 1, next: [2] });
    await loadABatch(pool, run, { seq: 0 });
    await loadABatch(pool, run, { seq: 1 });

    const restarted = await restartChunk(pool, { runId: run, chunkId: 0, attempt: 1 });

    expect(seqs(restarted.places)).toEqual([2]);
  });

  test('reads again from the first page of which a part never arrived', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { seq: 0, next: [1] });
    await recordAPage(pool, run, { seq: 1, parts: 2, next: [2] });
    await recordAPage(pool, run, { seq: 2, last: true });
    await loadABatch(pool, run, { seq: 0 });
    await loadABatch(pool, run, { seq: 1, part: 0 });
    await loadABatch(pool, run, { seq: 2 });

    const restarted = await restartChunk(pool, { runId: run, chunkId: 0, attempt: 1 });

    expect(seqs(restarted.places)).toEqual([1]);
    const { rows } = await pool.query('select seq from tidemark.pages order by seq');
    expect(rows).toEqual([{ seq: 0 }]);
  });

  test('with a stride begins again with one place for each page that was under way', async () => {
    const run = await aRun(pool);
    await recordAPage(pool, run, { seq: 0, next: [1, 2, 3] });
    await recordAPage(pool, run, { seq: 1, next: [4] });
    await recordAPage(pool, run, { seq: 3, next: [6] });
    for (const seq of [0, 1, 3]) await loadABatch(pool, run, { seq });

    const restarted = await restartChunk(pool, { runId: run, chunkId: 0, attempt: 1 });

    expect(seqs(restarted.places)).toEqual([2, 3, 4]);
  });

  test('is restarted by one of two sweeps, and the older attempt is fenced off', async () => {
    const run = await aRun(pool);
    const lost = { runId: run, chunkId: 0, attempt: 1 };

    const both = await Promise.all([restartChunk(pool, lost), restartChunk(pool, lost)]);

    expect(both.filter(({ attempt }) => attempt === 2)).toHaveLength(1);
    expect(both.filter(({ attempt }) => attempt === null)).toHaveLength(1);
    expect(await recordAPage(pool, run, { last: true })).toMatchObject({ verdict: 'stop' });
    expect(await loadABatch(pool, run)).toBe('stop');
  });
});
