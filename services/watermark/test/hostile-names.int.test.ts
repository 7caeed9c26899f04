import { jobsOf, listPartitions } from '@tidemark/collector-sdk';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import { Store } from '@tidemark/store';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSelect } from '../src/planning/read-select.ts';
import { ensureTarget } from '../src/targets/ensure-target.ts';

let database: FreshDatabase;
let store: Store;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 4 });
  pool = database.pool();
  await pool.query('create table public.bystander (id bigint); insert into bystander values (1)');
});

afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

const LONGEST = 'n'.repeat(63);

const hostile: readonly string[] = [
  'x"; drop table bystander; --',
  "x'; drop table bystander; --",
  'x) ; drop table bystander; --',
  'Upper',
  'with space',
  'dot.ted',
  'dollar$$',
  'semi;colon',
  'naïve',
  'ſelect',
  '‮evil',
  'a\u0000b',
  'a\nb',
  '1st',
  '',
  `${LONGEST}n`,
  '{part}"',
  '__proto__',
];

function inputOf(target: object, more: object = {}): object {
  return {
    name: 'names',
    source: { name: 'names', baseUrl: 'https://names.example' },
    request: { path: '/' },
    incremental: { kind: 'full' },
    target: {
      kind: 'table',
      table: 'names',
      key: ['id'],
      fields: { id: { type: 'bigint' } },
      ...target,
    },
    ...more,
  };
}

async function tables(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema', 'tidemark') order by 1`,
  );
  return rows.map(({ name }) => name);
}

const places: readonly [string, (name: string) => object][] = [
  ['table', (table) => inputOf({ table })],
  ['schema', (schema) => inputOf({ schema })],
  ['column', (name) => inputOf({ fields: { id: { type: 'bigint' }, [name]: { type: 'text' } } })],
  [
    'key',
    (name) => inputOf({ key: [name], fields: Object.fromEntries([[name, { type: 'text' }]]) }),
  ],
  ['type', (type) => inputOf({ fields: { id: { type } } })],
  [
    'quality',
    (quality) => inputOf({ quality }, { transform: { rules: [{ rule: 'notNull', field: 'id' }] } }),
  ],
];

test.each(places)(
  'a %s that is more than a plain name is refused before anything is asked of PostgreSQL',
  (_place, make) => {
    // A name of an object's own machinery is a plain one: it becomes a column like any other, or none.
    for (const name of hostile.filter((each) => each !== '__proto__')) {
      const checked = checkDefinition(make(name), []);
      expect([name, 'mistakes' in checked]).toEqual([name, true]);
    }
  },
);

test('words of SQL, the longest names and odd ones are names like any other', async () => {
  const names = [
    'select',
    'table',
    'user',
    'order',
    'null',
    '_',
    'constructor',
    'tostring',
    LONGEST,
  ];
  for (const [place, name] of names.entries()) {
    const fields = Object.fromEntries(names.map((each) => [each, { type: 'text' }]));
    const input = inputOf({ schema: 'group', table: name, key: [name], fields });
    const checked = checkDefinition(input, []);
    if ('mistakes' in checked) throw new Error(JSON.stringify([place, checked.mistakes]));
    await ensureTarget(store, checked.definition);
  }

  expect(await tables()).toEqual(
    expect.arrayContaining(names.map((name) => `group.${name}`)) as string[],
  );
  const { rows } = await pool.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = '"group"."select"'::regclass and attnum > 0 order by attnum limit $1`,
    [names.length],
  );
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names) as string[]);
});

test('a value of a partition becomes a plain part of a name, or none', async () => {
  const before = await tables();
  for (const value of hostile) {
    const input = inputOf({ table: 'jobs_{part}' }, { partitions: [{ part: value }] });
    const checked = checkDefinition(input, []);
    if ('mistakes' in checked) continue;
    const { definition } = checked;
    for (const job of jobsOf(definition, listPartitions(definition) ?? [])) {
      expect(job.definition.target.table).toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
      await ensureTarget(store, job.definition);
    }
  }

  const made = (await tables()).filter((name) => !before.includes(name));
  expect(made.length).toBeGreaterThan(3);
  expect(made.filter((name) => !/^public\.jobs_[a-z0-9_]*$/.test(name))).toEqual([]);
  expect(await pool.query('select id from bystander')).toMatchObject({ rowCount: 1 });
});

const selects: readonly string[] = [
  'select 1) as q; drop table bystander; --',
  'select 1; drop table bystander',
  "select 1 as a where 'x' = $$'$$; drop table bystander; --",
  'select 1) as q) as listed; delete from bystander; select * from (select 1 as q',
  'with gone as (delete from bystander returning id) select id from gone',
  "select set_config('transaction_read_only', 'off', true) as a, id from bystander",
  'select id from bystander for update',
  "select nextval('own') as id",
  "select lo_from_bytea(0, 'x') as a",
  // These two are whole statements, before and behind what stands around them.
  'select 1) as q) as listed; commit; drop table bystander; select q::text as row from (select q, 1 as place from (select 1',
  'select 1) as q) as listed; set transaction read write; delete from bystander; select q::text as row from (select q, 1 as place from (select 1',
  'values (1); commit; drop table bystander',
  'table bystander; rollback',
  'select 1 /* ',
  'select 1 -- ',
  'select \u0000',
];

test('a select of a definition reads, and can do nothing else', async () => {
  await pool.query('create sequence public.own');
  for (const sql of selects) {
    await store
      .transaction(async (db) => readSelect(db, { where: 'partitions', sql, maxRows: 10 }))
      .catch((error: unknown) => {
        expect(String(error)).toMatch(/partitions (cannot be read|gives)/);
      });
  }

  expect(await pool.query('select id from bystander')).toMatchObject({ rowCount: 1 });
  const { rows } = await pool.query<{ called: boolean }>('select is_called as called from own');
  expect(rows).toEqual([{ called: false }]);
  const objects = await pool.query<{ count: number }>(
    'select count(*)::int from pg_largeobject_metadata',
  );
  expect(objects.rows).toEqual([{ count: 0 }]);
});

test('a select that lifts its own fetters cannot write either', async () => {
  const lifting = `select set_config('transaction_read_only', 'off', true) as a`;
  await expect(
    store.transaction(async (db) =>
      readSelect(db, { where: 'partitions', sql: lifting, maxRows: 10 }),
    ),
  ).rejects.toThrow(/partitions cannot be read/);
});
