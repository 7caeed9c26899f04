import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const cursor = { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01' };
const periods = { kind: 'periods', unit: 'year', from: '2000' };
const full = { kind: 'full' };
const base = {
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  partitions: [
    { indicator: 'A', source: 1 },
    { indicator: 'B', source: 2 },
  ],
  incremental: full,
  target: { kind: 'raw', table: 'things' },
};

function mistakesOf(change: object) {
  const checked = checkDefinition({ ...base, ...change }, []);
  return 'mistakes' in checked ? checked.mistakes : [];
}

test.each([
  ['keys of the partitions', { path: '/{indicator}/{source}' }, full],
  [
    'the day and the moment of the plan',
    { path: '/x', query: { d: '{today},{planned_at}' } },
    full,
  ],
  ['the ends of periods', { path: '/x', query: { date: '{from}:{to}' } }, periods],
  ['the ends of a cursor', { path: '/x', headers: { 'If-Modified-Since': '{from}' } }, cursor],
  ['operators and modifiers', { path: '/x{/indicator:3}{?source*,today}' }, full],
  ['no variable at all', { path: '/x', query: { a: 'b' } }, full],
])('a template may use %s', (_what, request, incremental) => {
  expect(mistakesOf({ request, incremental })).toEqual([]);
});

test.each([
  [
    'a typo in the path',
    { path: '/{indictor}' },
    'path',
    /"indictor"; there are indicator, source, today/,
  ],
  ['a typo in a parameter', { path: '/x', query: { 'a.b': '{sorce}' } }, 'query.a.b', /"sorce"/],
  ['a typo in a header', { path: '/x', headers: { Since: '{form}' } }, 'headers.Since', /"form"/],
  [
    'an end where all is read',
    { path: '/x', query: { d: '{from}' } },
    'query.d',
    /"from" with incremental.kind full/,
  ],
  ['an operator before a typo', { path: '/x{?indictor,source}' }, 'path', /"indictor"/],
  ['a variable that is used twice', { path: '/{a}/{a}' }, 'path', /"a"/],
  ['a blank in a name', { path: '/{indicator, source}' }, 'path', /" source"/],
  ['a brace that is not closed', { path: '/{indicator' }, 'path', /"\{" belongs to no/],
  ['a brace that was not opened', { path: '/indicator}' }, 'path', /"\}" belongs to no/],
  ['braces around nothing', { path: '/{}' }, 'path', /"\{" belongs to no/],
])('%s is one mistake', (_what, request, path, message) => {
  expect(mistakesOf({ request })).toEqual([
    { path: `request.${path}`, message: expect.stringMatching(message) },
  ]);
});

test('each unknown variable of a template is told', () => {
  expect(mistakesOf({ request: { path: '/{a}/{b}' } }).map(({ message }) => message)).toEqual([
    expect.stringContaining('"a"'),
    expect.stringContaining('"b"'),
  ]);
});

test('a variable that only some partitions have is a mistake', () => {
  const partitions = [{ a: 1, b: 1 }, { a: 2 }];

  expect(mistakesOf({ partitions, request: { path: '/{a}/{b}' } }).map(({ path }) => path)).toEqual(
    ['partitions.1', 'request.path'],
  );
});

test('variables are not judged while it is not known what there is', () => {
  expect(mistakesOf({ partitions: [], request: { path: '/{a}' } }).map(({ path }) => path)).toEqual(
    ['partitions'],
  );
  expect(
    mistakesOf({ incremental: { kind: 'period' }, request: { path: '/{from}' } }).map(
      ({ path }) => path,
    ),
  ).not.toContain('request.path');
});
