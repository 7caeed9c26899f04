import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aRun } from '../../test/run-builder.ts';
import { Store } from '../connect.ts';
import { cancelRun } from '../runs/cancel-run.ts';
import { releaseChunks } from './release-chunks.ts';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 8 });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

const release = (run: string) => store.transaction((db) => releaseChunks(db, run));

test('chunks go by priority, then in their order, as many as may be active', async () => {
  const chunks = [{ priority: 0 }, { priority: 2 }, { priority: 1 }, { priority: 2 }];
  const run = await aRun(store.pool, { collector: 'order', chunks, parallel: 3, active: false });

  const released = await release(run);

  expect(released.map(({ chunkId, attempt }) => [chunkId, attempt])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  expect(await release(run)).toEqual([]);
});

test('eight that release at once stay within the limit, and no chunk goes twice', async () => {
  const chunks = Array.from({ length: 60 }, () => ({}));
  for (let round = 0; round < 15; round += 1) {
    const collector = `many-${round}`;
    const run = await aRun(store.pool, { collector, chunks, parallel: 5, active: false });

    const all = await Promise.all(Array.from({ length: 8 }, () => release(run)));

    const released = all.flat().map(({ chunkId }) => chunkId);
    expect(released).toHaveLength(5);
    expect(new Set(released)).toEqual(new Set([0, 1, 2, 3, 4]));
  }
});

test('nothing goes of a run that is not running or not there', async () => {
  const run = await aRun(store.pool, { collector: 'ended', chunks: [{}], active: false });
  await cancelRun(store.pool, run, 'enough');

  expect(await release(run)).toEqual([]);
  expect(await release('00000000-0000-4000-8000-000000000000')).toEqual([]);
});
