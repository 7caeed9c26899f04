import { SqlDefinition } from '@tidemark/collector-sdk';
import { compileQuery, readRows, Secrets } from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceDatabases } from '../src/source-databases.ts';

let database: FreshDatabase;
let pool: pg.Pool;
let databases: SourceDatabases;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 2 });
  await pool.query('create table asked (id bigint, client text)');
  databases = new SourceDatabases(new Secrets([{ name: 'DB', value: database.url, hosts: [] }]));
});

afterAll(async () => {
  await databases[Symbol.asyncDispose]();
  await database.drop();
});

test('a value of a partition is a parameter of a query, whatever it looks like', async () => {
  const values = [
    '',
    '\\N',
    "'; drop table asked; --",
    '"',
    '🦊 é',
    '$1',
    '{client}',
    '1 or true',
    "' || (select 1) || '",
  ];
  await pool.query(
    'insert into asked select n, c from unnest($1::text[]) with ordinality as u (c, n)',
    [values],
  );
  const definition = SqlDefinition.parse({
    name: 'asked',
    source: { kind: 'postgres', name: 'db', secret: 'DB' },
    partitions: [{ client: 'x' }],
    request: {
      kind: 'sql',
      sql: `select id, client, '{client}' as said, $$ {client} $$ as quoted -- {client}\n from asked /* {client} */ where client = {client}`,
    },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
  const query = compileQuery(definition);
  for (const [place, client] of values.entries()) {
    const found = await readPage(query, client);
    expect(found).toEqual([{ id: place + 1, client, said: '{client}', quoted: ' {client} ' }]);
  }
});

const writing: readonly string[] = [
  'delete from asked returning id',
  'select 1 as id) as q; drop table asked; --',
  'select 1 as id; drop table asked',
  'with gone as (delete from asked returning id) select id from gone',
  "select set_config('transaction_read_only', 'off', false) as a, 1 as id",
  'select 1 as id limit 1) as q limit 0; commit; drop table asked; select * from (select 1 as id',
  'select id from asked for update',
];

test.each(writing)('the query of a source cannot write: %s', async (sql) => {
  const definition = SqlDefinition.parse({
    name: 'asked',
    source: { kind: 'postgres', name: 'db', secret: 'DB' },
    request: { kind: 'sql', sql },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
  await pool.query(`insert into asked values (0, 'there')`);
  const before = await pool.query<{ count: number }>('select count(*)::int from asked');

  await expect(readPage(compileQuery(definition), '')).rejects.toThrow();

  const after = await pool.query<{ count: number }>('select count(*)::int from asked');
  expect(after.rows).toEqual(before.rows);
});

/** The records of the first page, read as the extractor does. */
async function readPage(
  query: ReturnType<typeof compileQuery>,
  client: string,
): Promise<unknown[]> {
  const page = await databases.read(query, new AbortController().signal, async (db) =>
    readRows(db, query, taskOf(client), '1700000000000000'),
  );
  return page.parts.flatMap(
    ({ records }) => JSON.parse(Buffer.from(records).toString()) as unknown[],
  );
}

function taskOf(client: string): PageTask {
  return {
    v: 1,
    runId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    chunkId: 0,
    attempt: 1,
    collector: 'asked',
    runClass: 'live',
    revision: '0123456789abcdef',
    partition: { client },
    cursor: null,
    items: [],
    signal: null,
    plannedAt: '1700000000000000',
    page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
  };
}
