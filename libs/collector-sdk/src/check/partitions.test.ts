import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const base = {
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/things' },
  incremental: { kind: 'full' },
  target: {
    kind: 'table',
    table: 'things',
    key: ['id'],
    fields: { id: { type: 'bigint' }, land: { type: 'text' } },
  },
};

function mistakesOf(changes: object): string[] {
  const checked = checkDefinition({ ...base, ...changes }, []);
  if (!('mistakes' in checked)) return [];
  return checked.mistakes.map(({ path, message }) => `${path}: ${message}`);
}

const collector = { collector: 'leagues', fields: { league: 'id' } };

test.each<[string, object]>([
  ['a list', [{ a: 1 }, { a: 2 }]],
  ['a product', { product: { a: [1, 2], b: ['x'] } }],
  ['a query', { query: 'select a from t', keys: ['a'], priority: 'score', minItems: 3 }],
  ['rows of a collector', { ...collector, where: { active: true, kind: ['x', 'y'] } }],
  [
    'all of them',
    { ...collector, list: [{ a: 1 }], product: { b: [1] }, query: 'select c', keys: ['c'] },
  ],
])('partitions may be %s', (_name, partitions) => {
  expect(mistakesOf({ partitions })).toEqual([]);
});

test.each<[object, RegExp]>([
  [{}, /needs at least one of list, product, query and collector/],
  [{ query: 'select 1' }, /partitions.query: needs partitions.keys, too/],
  [{ product: { a: [1] }, keys: ['a'] }, /partitions.keys: needs partitions.query, too/],
  [{ collector: 'x' }, /partitions.collector: needs partitions.fields, too/],
  [{ product: { a: [1] }, where: { b: 1 } }, /partitions.where: needs partitions.collector, too/],
  [{ product: { a: [1] }, priority: 'b' }, /partitions.priority: is a column of the query/],
  [{ ...collector, product: { league: [8] } }, /"league" gets its value from two parts/],
  [
    { list: [{ a: 1 }, { b: 1 }] },
    /partitions.list.1: has other keys than partitions.list.0 \(a\)/,
  ],
  [{ query: 'delete from t', keys: ['a'] }, /partitions.query: must be a select/],
  [{ product: { a: [] } }, /partitions.product.a/],
  [{ produkt: { a: [1] } }, /partitions.produkt: there is no such setting/],
])('%j is a mistake', (partitions, expected) => {
  expect(mistakesOf({ partitions }).join('\n')).toMatch(expected);
});

const snapshot = (incremental: object, more: object = {}) =>
  mistakesOf({ incremental: { kind: 'snapshot', ...incremental }, ...more }).join('\n');

test('a snapshot with partitions says which fields tell them', () => {
  const partitions = [{ country: 'BR' }];

  expect(snapshot({})).toBe('');
  expect(snapshot({}, { partitions })).toMatch(/incremental.scope.country: is needed/);
  expect(snapshot({ scope: { country: 'land' } }, { partitions })).toBe('');
  expect(snapshot({ deletions: 'ignore' }, { partitions })).toBe('');
  expect(snapshot({ scope: { country: 'nation' } }, { partitions })).toMatch(/no field "nation"/);
  expect(snapshot({ scope: { county: 'land' } })).toMatch(
    /scope.county: is no key of the partitions/,
  );
});

test('tables of jobs have no whole to compare with', () => {
  const more = {
    partitions: { product: { client: [1, 2] } },
    target: { ...base.target, table: 'orders_{client}' },
  };

  expect(snapshot({ scope: { client: 'land' } }, more)).toMatch(/a table for each job/);
  expect(snapshot({ deletions: 'ignore' }, more)).not.toMatch(/a table for each job/);
});

test('a raw target keeps every payload, so nothing of it is deleted', () => {
  const target = { kind: 'raw', table: 'payloads' };

  expect(snapshot({}, { target })).toMatch(/incremental.deletions: a raw target keeps/);
  expect(snapshot({ deletions: 'ignore' }, { target })).toBe('');
});

const worklist = (incremental: object, more: object = {}) =>
  mistakesOf({
    request: { path: '/things/{ids}' },
    incremental: { kind: 'worklist', query: 'select id from t', ...incremental },
    ...more,
  }).join('\n');

test.each<[object, object, RegExp | '']>([
  [{}, {}, ''],
  [{ query: undefined, from: { collector: 'x', field: 'id' } }, {}, ''],
  [{ query: undefined }, {}, /needs either query or from/],
  [{ from: { collector: 'x', field: 'id' } }, {}, /needs either query or from/],
  [{}, { request: { path: '/things' } }, /request: does not say \{ids\}/],
  [{}, { request: { path: '/{ids}/{from}' } }, /no variable "from" with incremental.kind worklist/],
  [{ id: 'nr' }, {}, /incremental.id: target.fields has no field "nr"/],
  [
    { final: { field: 'state', values: [5] } },
    {},
    /final.field: target.fields has no field "state"/,
  ],
  [{}, { target: { ...base.target, key: ['id', 'land'] } }, /incremental.id: is needed/],
  [{}, { target: { kind: 'raw', table: 'payloads' } }, /incremental.idAt: is needed/],
  [
    { query: undefined, from: { collector: 'x', field: 'id', partition: { league: 'l' } } },
    {},
    /from.partition.league: is no key/,
  ],
])('a worklist with %j and %j', (incremental, more, expected) => {
  const found = worklist(incremental, more);

  if (expected === '') expect(found).toBe('');
  else expect(found).toMatch(expected);
});
