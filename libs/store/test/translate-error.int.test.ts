import { TransientError } from '@tidemark/runtime';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecordRefusedError, Store } from '../src/index.ts';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 2 });
  await store.with((db) => db.query('create table keyed (id text primary key, n integer)'));
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

const longKey = `insert into keyed (id)
  select string_agg(md5(n::text), '') from generate_series(1, 400) as n`;

test.each([
  ['a value that is none', `insert into keyed (id, n) values ('a', 'x'::text::integer)`],
  ['a key that is missing', 'insert into keyed (n) values (1)'],
  ['a key that is too long for its index', longKey],
  ['JSON that is nested too deeply', `select repeat('[', 100000)::jsonb`],
])('%s is the fault of its record', async (_, sql) => {
  await expect(store.with((db) => db.query(sql))).rejects.toThrow(RecordRefusedError);
});

test.each([
  ['a column that is not there', 'select nothing from keyed', 'TARGET_SCHEMA_MISMATCH'],
  [
    'a statement that was ended',
    'select pg_cancel_backend(pg_backend_pid())',
    'DATABASE_UNAVAILABLE',
  ],
  [
    'a connection that was ended',
    'select pg_terminate_backend(pg_backend_pid())',
    'DATABASE_UNAVAILABLE',
  ],
])('%s is not, and is waited for', async (_, sql, code) => {
  const error: unknown = await store.with((db) => db.query(sql)).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ code });
});
