import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listItems, noteFinals, recordPage, summarizeIds } from '../src/index.ts';
import { aRun, loadABatch } from './run-builder.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 4 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query(
    'truncate tidemark.collector_runs, tidemark.chunks, tidemark.pages, tidemark.batches, tidemark.watermarks, tidemark.items',
  );
});

const digest = 'a'.padStart(16, '0');

interface Page {
  readonly seq?: number;
  readonly found: readonly string[];
  readonly askedAtUs: string;
  readonly last?: boolean;
}

function record(runId: string, { seq = 0, found, askedAtUs, last = true }: Page) {
  return recordPage(pool, {
    runId,
    chunkId: 0,
    attempt: 1,
    seq,
    digest,
    parts: 1,
    outcome: last ? 'last' : 'page',
    last,
    next: [],
    bound: null,
    signal: null,
    found,
    askedAtUs,
  });
}

/** A run that asks for ids and gets some of them. */
async function ask(items: readonly string[], found: readonly string[], askedAtUs: string) {
  const run = await aRun(pool, { chunks: [{ items }] });
  await record(run, { seq: 0, found, askedAtUs });
  expect(await loadABatch(pool, run)).toBe('done');
  return run;
}

const known = async () =>
  (await listItems(pool, 'things')).map(
    ({ key, lastSuccessUs, checkedUs, missingCount }) =>
      `${key} read ${lastSuccessUs} asked ${checkedUs} missing ${missingCount}`,
  );

describe('ids that were asked for', () => {
  test('are read when they are in the page, and missing when not; both are counted', async () => {
    const run = await ask(['1', '2', '3'], ['3', '1'], '1000');

    expect(await known()).toEqual([
      '1 read 1000 asked 1000 missing 0',
      '2 read null asked 1000 missing 1',
      '3 read 1000 asked 1000 missing 0',
    ]);
    const { rows } = await pool.query(
      'select ids_missing::int from tidemark.collector_runs where id = $1',
      [run],
    );
    expect(rows).toEqual([{ ids_missing: 1 }]);
    const since = '1970-01-01T00:00:00.001Z';
    expect(await summarizeIds(pool, 'things', 10)).toMatchObject({
      ids: 3,
      answered: 2,
      missing: 1,
      last_checked_at: since,
      missing_ids: [{ partition: '{}', key: '2', missing_at: since, missing_count: 1 }],
    });
  });

  test('are counted as missing until they are answered', async () => {
    await ask(['1'], ['1'], '1000');
    await ask(['1'], [], '2000');
    await ask(['1'], [], '3000');
    expect(await known()).toEqual(['1 read 1000 asked 3000 missing 2']);
    expect((await summarizeIds(pool, 'things', 1))?.missing_ids[0]?.missing_at).toBe(
      '1970-01-01T00:00:00.002Z',
    );

    await ask(['1'], ['1'], '4000');
    expect(await known()).toEqual(['1 read 4000 asked 4000 missing 0']);
  });

  test('may be answered over several pages', async () => {
    const run = await aRun(pool, { chunks: [{ items: ['1', '2', '3'] }] });
    await record(run, { seq: 0, found: ['1'], askedAtUs: '1000', last: false });
    await record(run, { seq: 1, found: ['2'], askedAtUs: '2000' });
    await loadABatch(pool, run, { seq: 0 });
    expect(await known()).toEqual([]);
    await loadABatch(pool, run, { seq: 1 });

    expect(await known()).toEqual([
      '1 read 1000 asked 1000 missing 0',
      '2 read 1000 asked 1000 missing 0',
      '3 read null asked 1000 missing 1',
    ]);
  });

  test('are what the first content of a page says, not a later one', async () => {
    const run = await aRun(pool, { chunks: [{ items: ['1', '2'] }] });
    await record(run, { seq: 0, found: ['1'], askedAtUs: '1000' });
    await record(run, { seq: 0, found: ['1', '2'], askedAtUs: '2000' });
    await loadABatch(pool, run);

    expect(await known()).toEqual([
      '1 read 1000 asked 1000 missing 0',
      '2 read null asked 1000 missing 1',
    ]);
  });

  test('stay unknown when their chunk fails', async () => {
    const run = await aRun(pool, { chunks: [{ items: ['1'] }] });
    await record(run, { seq: 0, found: ['1'], askedAtUs: '1000' });
    await pool.query(`select tidemark.end_chunk($1, 0, 'failed', 'SOURCE_REJECTED', 'no')`, [run]);

    expect(await known()).toEqual([]);
  });
});

test('since when a list calls an id final is kept, before and after it is read', async () => {
  await noteFinals(pool, 'things', [{ partition: '{}', key: '1', isFinal: true }]);
  const [first] = await listItems(pool, 'things');
  await ask(['1'], ['1'], '1000');
  const [read] = await listItems(pool, 'things');
  await noteFinals(pool, 'things', [{ partition: '{}', key: '1', isFinal: false }]);
  const [back] = await listItems(pool, 'things');

  expect(first).toMatchObject({
    lastSuccessUs: null,
    missingCount: 0,
    finalUs: expect.any(String),
  });
  expect(read).toMatchObject({ lastSuccessUs: '1000', finalUs: first?.finalUs });
  expect(back).toMatchObject({ lastSuccessUs: '1000', finalUs: null });
});
