import { canonicalJson, Definition } from '@tidemark/collector-sdk';
import { registerCollector, Store } from '@tidemark/store';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadIds } from '../src/planning/load-ids.ts';
import { loadPartitions } from '../src/planning/load-partitions.ts';
import { ensureTarget } from '../src/targets/ensure-target.ts';

let database: FreshDatabase;
let store: Store;
let pool: pg.Pool;

const seasons = Definition.parse({
  name: 'seasons',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/seasons' },
  incremental: { kind: 'snapshot' },
  target: {
    kind: 'table',
    table: 'seasons',
    key: ['id'],
    fields: {
      id: { type: 'bigint' },
      league: { type: 'bigint' },
      year: { type: 'bigint' },
      active: { type: 'boolean' },
    },
  },
});

function things(changes: object): Definition {
  return Definition.parse({
    ...seasons,
    name: 'things',
    request: { path: '/things' },
    incremental: { kind: 'full' },
    target: { ...seasons.target, table: 'things' },
    ...changes,
  });
}

beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 4 });
  pool = database.pool();
  for (const definition of [seasons, things({})]) {
    await ensureTarget(store, definition);
    await registerCollector(pool, {
      name: definition.name,
      revision: '0'.repeat(16),
      definition: canonicalJson(definition),
      origin: null,
    });
  }
  await pool.query(
    `insert into public.seasons (id, league, year, active, _deleted_at)
     values (1, 8, 2022, false, null), (2, 8, 2023, true, null), (3, 9, 2023, true, null),
            (4, 9, 2024, true, clock_timestamp()), (9007199254740993, 9, 2021, true, null)`,
  );
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

const partitions = (set: object) =>
  store.transaction((db) => loadPartitions(db, things({ partitions: set })));

describe('partitions of a query', () => {
  test('have its values in its order; long numbers keep their digits', async () => {
    const query =
      'select id, league from public.seasons where _deleted_at is null order by year desc, id';

    expect(await partitions({ query, keys: ['league', 'id'] })).toEqual([
      { league: 8, id: 2 },
      { league: 9, id: 3 },
      { league: 8, id: 1 },
      { league: 9, id: '9007199254740993' },
    ]);
  });

  test('come by their priority, and in the query’s order turned round where that is equal', async () => {
    const query = `select 'a' as name, 1 as score union all select 'b', null union all select 'c', 10
                   union all select 'd', 10 -- ;`;
    const set = { query, keys: ['name'], priority: 'score' };
    const names = async (more: object) =>
      (await partitions({ ...set, ...more })).map(({ name }) => name);

    expect(await names({})).toEqual(['c', 'd', 'a', 'b']);
    expect(await names({ newestFirst: true })).toEqual(['d', 'c', 'a', 'b']);
  });

  test('are multiplied with values of the definition', async () => {
    const set = { query: 'values (1), (2);', keys: ['column1'], product: { kind: ['x', 'y'] } };

    expect(await partitions(set)).toHaveLength(4);
  });
});

describe('partitions of another collector', () => {
  test('are its distinct rows that are still there and fit, greatest priority first', async () => {
    const set = { collector: 'seasons', fields: { league: 'league' }, where: { active: true } };

    expect(await partitions(set)).toEqual([{ league: 8 }, { league: 9 }]);
    expect(await partitions({ ...set, priority: 'id' })).toEqual([{ league: 9 }, { league: 8 }]);
    expect(await partitions({ ...set, newestFirst: true })).toEqual([{ league: 9 }, { league: 8 }]);
    expect(await partitions({ ...set, where: { year: [2022, 2024] } })).toEqual([{ league: 8 }]);
  });
});

describe('a plan is refused', () => {
  test.each<[string, object, RegExp]>([
    [
      'when there are too few partitions',
      { query: 'select 1 as a', keys: ['a'], minItems: 2 },
      /has 1 partitions now, fewer than partitions.minItems 2/,
    ],
    ['when there is none', { query: 'select 1 as a where false', keys: ['a'] }, /has 0 partitions/],
    [
      'by a wrong query',
      { query: 'select nix from public.seasons', keys: ['nix'] },
      /partitions.query cannot be read: column "nix" does not exist/,
    ],
    [
      'by a missing column',
      { query: 'select 1 as b', keys: ['a'] },
      /partitions.query has no column "a"/,
    ],
    [
      'by a value that is nothing',
      { query: 'select null as a', keys: ['a'] },
      /has a row whose "a" is NULL/,
    ],
    [
      'by a value that is many',
      { query: `select array[1] as a`, keys: ['a'] },
      /"a" is not one value/,
    ],
    [
      'by an unknown priority',
      { query: 'select 1 as a', keys: ['a'], priority: 'p' },
      /has no column "p"/,
    ],
    [
      'by a query that writes',
      { query: `select nextval('s') as a from (select 1) x`, keys: ['a'] },
      /cannot execute nextval\(\) in a read-only transaction/,
    ],
    [
      'by two statements',
      { query: 'select 1 as a) q) l; drop table public.seasons; --', keys: ['a'] },
      /cannot be read/,
    ],
    [
      'by a collector that is not there',
      { collector: 'nobody', fields: { a: 'b' } },
      /"nobody", which is not registered/,
    ],
    [
      'by a field that is not there',
      { collector: 'seasons', fields: { a: 'b' } },
      /field "b", which seasons does not have/,
    ],
  ])('%s', async (_name, set, expected) => {
    await pool.query('create sequence if not exists public.s');

    await expect(partitions(set)).rejects.toThrow(expected);
    await expect(partitions(set)).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
  });

  test('and its transaction can still be used', async () => {
    const answer = await store.transaction(async (db) => {
      await loadPartitions(db, things({ partitions: { query: 'select x', keys: ['x'] } })).catch(
        () => undefined,
      );
      await db.query('create table public.after_refusal ()');
      return db.query<{ timeout: string; readonly: string }>(
        `select current_setting('statement_timeout') as timeout, current_setting('transaction_read_only') as readonly`,
      );
    });

    expect(answer.rows).toEqual([{ timeout: '2min', readonly: 'off' }]);
  });
});

const ids = (incremental: object, more: object = {}) =>
  store.transaction((db) =>
    loadIds(db, things({ incremental: { kind: 'worklist', ...incremental }, ...more })),
  );

describe('the ids of a worklist', () => {
  test('come by their score, with what their query says of them', async () => {
    const query = `select id, year as score, not active as final from public.seasons where id < 5`;

    expect(await ids({ query })).toEqual([
      { id: '4', partition: {}, final: null },
      { id: '2', partition: {}, final: null },
      { id: '3', partition: {}, final: null },
      { id: '1', partition: {}, final: 'listed' },
    ]);
  });

  test('come from another collector, with their partitions', async () => {
    const from = {
      collector: 'seasons',
      field: 'id',
      where: { active: true },
      score: 'id',
      partition: { league: 'league' },
    };

    expect(await ids({ from }, { partitions: [{ league: 8 }, { league: 9 }] })).toEqual([
      { id: '9007199254740993', partition: { league: 9 }, final: null },
      { id: '3', partition: { league: 9 }, final: null },
      { id: '2', partition: { league: 8 }, final: null },
    ]);
  });

  test('are final where what is loaded of them is as it will stay', async () => {
    await pool.query('insert into public.things (id, active) values (2, false), (3, true)');
    const final = { field: 'active', values: [false] };

    const listed = await ids({
      query: 'select id from public.seasons where id in (2, 3) order by id',
      final,
    });

    expect(listed).toEqual([
      { id: '2', partition: {}, final: 'loaded' },
      { id: '3', partition: {}, final: null },
    ]);
  });

  test.each<[string, RegExp]>([
    ['select 1 as nr', /incremental.query has no column "id"/],
    ['select 1 as id, 2 as other', /has a column "other", which is none of/],
    [`select 1 as id, 'x' as final`, /a column "final" that is no boolean/],
  ])('are refused by %s', async (query, expected) => {
    await expect(ids({ query })).rejects.toThrow(expected);
  });
});
