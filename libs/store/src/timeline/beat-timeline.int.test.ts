import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beatTimeline, listRestores, Store, type Beat } from '../index.ts';

let database: FreshDatabase;
let store: Store;

beforeEach(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 4 });
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

const beat = async (heard?: Beat) => store.transaction((db) => beatTimeline(db, heard));
const restores = async () => store.with((db) => listRestores(db, 7));

test('the count grows, and one that was heard of before is nothing to tell', async () => {
  const first = await beat();
  const second = await beat(first.beat);
  const third = await beat(first.beat);

  expect([first, second, third].map((each) => each.beat.beat)).toEqual(['1', '2', '3']);
  expect([first, second, third].map((each) => each.restore)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(await restores()).toEqual([]);
});

test('a count behind the one that was heard of is told once, however many look at the same time', async () => {
  const { beat: before } = await beat();
  const heard = { ...before, beat: '70', beatenAt: '2031-01-01T00:00:00.000000Z' };

  const seen = await Promise.all([beat(heard), beat(heard), beat(heard)]);

  const told = seen.flatMap(({ restore }) => restore ?? []);
  expect(told).toEqual([
    { kind: 'rewound', restoredTo: before.beatenAt, seenUntil: heard.beatenAt },
  ]);
  expect(seen.map((each) => each.beat.beat).toSorted()).toEqual(['71', '72', '73']);
  expect(await restores()).toMatchObject([
    { kind: 'rewound', seen_until: '2031-01-01T00:00:00.000Z' },
  ]);
});

test('another database than the one that was heard of is told, and counts by itself', async () => {
  await beat();
  const heard = { databaseId: crypto.randomUUID(), beat: '70', beatenAt: '2031-01-01T00:00:00Z' };

  const { beat: next, restore } = await beat(heard);

  expect(restore?.kind).toBe('replaced');
  expect(next.beat).toBe('2');
  expect((await beat(next)).restore).toBeUndefined();
});
