import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listItems, lockWatermarks } from '../src/index.ts';
import { aRun, loadABatch, readRun, recordAPage } from './run-builder.ts';

let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 2 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query(
    'truncate tidemark.collector_runs, tidemark.chunks, tidemark.pages, tidemark.batches, tidemark.watermarks, tidemark.items',
  );
});

describe('an integer cursor', () => {
  /** Runs one chunk whose pages have these values; each is widened by 10 downwards, as an extractor does. */
  const run = async (window: { from: string; to?: string }, pages: readonly string[]) => {
    const id = await aRun(pool, {
      chunks: [{ cursorFrom: window.from, cursorTo: window.to ?? null }],
    });
    for (const [seq, seen] of pages.entries()) {
      const last = seq === pages.length - 1;
      await recordAPage(pool, id, {
        seq,
        digest: `d${seq}`,
        seen,
        last,
        next: last ? [] : [seq + 1],
      });
      await loadABatch(pool, id, { seq, digest: `d${seq}` });
    }
    expect(await readRun(pool, id)).toMatchObject({ status: 'success' });
    const { rows } = await pool.query<{ warnings: string[] }>(
      'select warnings from tidemark.collector_runs where id = $1',
      [id],
    );
    return rows[0]?.warnings;
  };
  const covered = async () =>
    (await lockWatermarks(pool, 'things'))[0]?.covered.map(({ from, to }) => `${from}-${to}`);

  test('is covered up to the greatest value of all pages, wherever it stood', async () => {
    await run({ from: '0' }, ['{[0,100]}', '{[95,180]}', '{[90,140]}']);

    expect(await covered()).toEqual(['0-180']);
  });

  test('does not follow an outlier, on whichever page, and says so', async () => {
    const warnings = await run({ from: '0' }, ['{[0,100]}', '{[2089,2099]}', '{[95,120]}']);

    expect(await covered()).toEqual(['0-120']);
    expect(warnings).toEqual([expect.stringContaining('2099')]);
  });

  test('does not follow an outlier that is all a later run finds', async () => {
    await run({ from: '0' }, ['{[0,100]}']);
    await run({ from: '100' }, ['{[2089,2099]}']);
    expect(await covered()).toEqual(['0-100']);

    await run({ from: '100' }, ['{[95,110],[2089,2099]}']);
    expect(await covered()).toEqual(['0-110']);
  });

  test('begins with what is seen first when nothing is covered yet, however far from the start', async () => {
    expect(await run({ from: '0' }, ['{[899990,900050]}'])).toEqual([]);

    expect(await covered()).toEqual(['0-900050']);
  });

  test('with an end is covered up to it once greater values are known, and not before', async () => {
    await run({ from: '0', to: '500' }, ['{[0,100]}']);
    expect(await covered()).toEqual(['0-100']);

    await run({ from: '0' }, ['{[0,995],[985,1000]}']);
    await run({ from: '0', to: '500' }, ['{}']);
    expect(await covered()).toEqual(['0-1000']);
  });

  test('never goes back when the newest rows are gone', async () => {
    await run({ from: '0' }, ['{[0,100]}']);
    await run({ from: '100' }, ['{}']);

    expect(await covered()).toEqual(['0-100']);
  });
});

describe('a token', () => {
  const chunks = [{ items: ['token'], task: { page: {}, signal: 'old' } }];
  const token = async () => (await listItems(pool, 'things'))[0]?.signal;

  test('is that of the last page once all pages are loaded, and not before', async () => {
    const run = await aRun(pool, { chunks });
    await recordAPage(pool, run, { seq: 0, signal: 'first', next: [1] });
    await recordAPage(pool, run, { seq: 1, digest: 'b', signal: 'second', last: true });
    await loadABatch(pool, run, { seq: 1, digest: 'b' });
    expect(await token()).toBeUndefined();

    await loadABatch(pool, run, { seq: 0 });
    expect(await token()).toBe('second');
  });

  test('stays as it was when the chunk fails', async () => {
    const read = await aRun(pool, { chunks });
    await recordAPage(pool, read, { signal: 'kept', last: true });
    await loadABatch(pool, read);

    const failed = await aRun(pool, { chunks });
    await recordAPage(pool, failed, { signal: 'lost', next: [1] });
    await loadABatch(pool, failed);
    await pool.query(`select tidemark.end_chunk($1, 0, 'failed', 'SOURCE_REJECTED', 'no')`, [
      failed,
    ]);

    expect(await token()).toBe('kept');
  });

  test('that was asked with stays when the source gives no other one', async () => {
    const run = await aRun(pool, { chunks });
    await recordAPage(pool, run, { signal: null, last: true });
    await loadABatch(pool, run);

    expect(await token()).toBe('old');
  });
});
