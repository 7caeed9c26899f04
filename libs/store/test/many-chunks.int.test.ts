import { freshDatabase, waitFor, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { releaseChunks } from '../src/index.ts';
import { aRun } from './run-builder.ts';

const CHUNKS = 800;

let database: FreshDatabase;
let db: pg.PoolClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = await database.pool({ max: 8 }).connect();
});
afterAll(async () => {
  db.release();
  await database.drop();
});

/** Blocks that PostgreSQL looks at for a statement: what its work grows with, whatever the machine does meanwhile. */
async function blocksOf(text: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await db.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
  const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

/**
 * Resolves when nobody else looks at an earlier state of the database: while autovacuum analyses a table, no row version
 * that was replaced since is removed, and all of them are looked at again.
 */
async function noOlderSnapshot(): Promise<void> {
  await waitFor(
    async () => {
      const { rowCount } = await db.query(
        `select from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null`,
      );
      return rowCount === 0;
    },
    { what: 'a moment in which nobody holds an older snapshot' },
  );
}

async function readChunk(run: string, chunk: number): Promise<number> {
  await db.query({
    name: 'a-page',
    text: `insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, asked_at)
           values ($1, $2, 0, '0000000000000000', 0, 'last', true, '[]', 2000000000000000, clock_timestamp())`,
    values: [run, chunk],
  });
  return blocksOf('select tidemark.complete_chunk($1, $2)', [run, chunk]);
}

test.each([
  [
    'windows of their own',
    (place: number) => ({ cursorFrom: `${place * 10}`, cursorTo: `${place * 10 + 10}` }),
  ],
  ['slices of one window', () => ({ cursorFrom: '0', cursorTo: '10' })],
])(
  'the end of one of many chunks with %s costs as much as that of the first',
  async (what, windowOf) => {
    const chunks = Array.from({ length: CHUNKS }, (_, place) => windowOf(place));
    // The floor belongs to the collector, which each case has for itself.
    const run = await aRun(database.pool(), {
      collector: what.slice(0, 6).trim(),
      chunks,
      parallel: 8,
      active: false,
    });
    const costs: number[] = [];
    for (;;) {
      await noOlderSnapshot();
      await db.query('begin');
      const released = await releaseChunks(db, run);
      await db.query('commit');
      if (released.length === 0) break;
      for (const { chunkId } of released) costs.push(await readChunk(run, chunkId));
    }

    expect(costs).toHaveLength(CHUNKS);
    const median = (part: readonly number[]) =>
      part.toSorted((a, b) => a - b)[part.length >> 1] ?? 0;
    const [early, late] = [median(costs.slice(100, 200)), median(costs.slice(-200, -100))];
    expect(late, `blocks for an end: ${early} at first, ${late} at last`).toBeLessThan(
      2 * early + 50,
    );
  },
);
