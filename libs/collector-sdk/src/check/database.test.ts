import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const definition = {
  name: 'orders',
  source: { kind: 'postgres', name: 'shop', secret: 'SHOP' },
  partitions: [{ region: 'eu' }],
  request: { kind: 'sql', sql: 'select id, changed_at from orders where region = {region}' },
  incremental: { kind: 'cursor', field: 'changed_at', tie: 'id', start: '2024-01-01' },
  target: {
    kind: 'table',
    table: 'orders',
    key: ['id'],
    fields: { id: { type: 'bigint' }, changed_at: { type: 'timestamptz' } },
  },
};
const http = {
  source: { name: 'shop', baseUrl: 'https://shop.example.com' },
  request: { path: '/orders' },
};

function mistakesOf(changes: object): string[] {
  const checked = checkDefinition({ ...definition, ...changes }, []);
  return 'mistakes' in checked
    ? checked.mistakes.map(({ path, message }) => `${path}: ${message}`)
    : [];
}

test('a query with a cursor, one without, and one by periods are definitions', () => {
  expect(mistakesOf({})).toEqual([]);
  expect(mistakesOf({ incremental: { kind: 'full' } })).toEqual([]);
  expect(
    mistakesOf({ request: { kind: 'sql', sql: `select '{eu}'::text[], "{region}"` } }),
  ).toEqual([]);
  expect(
    mistakesOf({
      request: { kind: 'sql', sql: 'select 1 as id, {from}, {to}' },
      incremental: { kind: 'periods', unit: 'year', from: '2020' },
    }),
  ).toEqual([]);
});

test.each([
  ['a query without a database', { source: http.source }, 'request.kind: a source of kind http'],
  ['a request to a database', { request: http.request }, 'request.kind: a source of kind postgres'],
  [
    'a variable that there is not',
    { request: { kind: 'sql', sql: 'select {reigon}' } },
    'request.sql: there is no variable "reigon"; there are region, today, planned_at, from, to',
  ],
  [
    'a variable in quotes',
    { request: { kind: 'sql', sql: "select id from orders where region = '{region}'" } },
    'request.sql: {region} in quotes is no variable: leave the quotes out',
  ],
  [
    'a variable in a pattern',
    { request: { kind: 'sql', sql: "select id from orders where region like '%{region}%'" } },
    "request.sql: {region} in quotes is no variable: leave the quotes out; for a part of a text write '…' || {region}",
  ],
  [
    'a zone that there is not',
    { request: { ...definition.request, zone: 'Mars/Olympus' } },
    'request.zone: "Mars/Olympus"',
  ],
  ['pages of an API', { paginate: { kind: 'page' } }, 'paginate.kind: is for HTTP APIs only'],
  [
    'a parameter for the window',
    { incremental: { ...definition.incremental, from: 'since' } },
    'incremental.from: is for HTTP APIs only',
  ],
  [
    'a format of requests',
    { incremental: { ...definition.incremental, format: 'epoch-ms' } },
    'incremental.format: a database has',
  ],
  [
    'a cursor inside of a value',
    {
      target: {
        ...definition.target,
        fields: { id: { type: 'bigint' }, changed_at: { type: 'timestamptz', path: 'meta.at' } },
      },
    },
    'target.fields.changed_at.path: orders the rows',
  ],
  [
    'no order at all',
    { incremental: { kind: 'full' }, target: { kind: 'raw', table: 'orders_raw' } },
    'target.kind: pages of a query follow',
  ],
  [
    'an API without a parameter for the window',
    { ...http, partitions: [{}], incremental: { ...definition.incremental, tie: undefined } },
    'incremental.from: is required',
  ],
  [
    'a tie for an API',
    { ...http, partitions: [{}], incremental: { ...definition.incremental, from: 'since' } },
    'incremental.tie: is for databases only',
  ],
  [
    'to skip what an API sends',
    {
      ...http,
      partitions: [{}],
      incremental: { ...definition.incremental, tie: undefined, from: 'since', nulls: 'skip' },
    },
    'incremental.nulls: skip is for databases only',
  ],
])('%s is a mistake', (_, changes, expected) => {
  expect(mistakesOf(changes)).toEqual([expect.stringContaining(expected)]);
});
