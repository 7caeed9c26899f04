import type { PageTask } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { HttpDefinition } from '../definition/definition.ts';
import { compileRequest } from './build-request.ts';

const base = {
  name: 'x',
  source: { name: 'x', baseUrl: 'http://127.0.0.1:1/base/' },
  target: { kind: 'raw', table: 't' },
};
const task: PageTask = {
  v: 1,
  runId: '11111111-1111-4111-8111-111111111111',
  chunkId: 0,
  attempt: 1,
  collector: 'x',
  runClass: 'live',
  revision: '0123456789abcdef',
  partition: { league: 8, name: 'a/b c' },
  cursor: null,
  items: [],
  signal: null,
  plannedAt: '1700000000000000',
  page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
};
const build = (definition: object, changes: Partial<PageTask> = {}): string =>
  compileRequest(HttpDefinition.parse({ ...base, ...definition }))({ ...task, ...changes }).url
    .href;

test('path and query are templates over the values of the partition', () => {
  const url = build({
    request: {
      path: '/v1/{league}/{name}',
      query: { q: '{name}&+', missing: '{nothing}', day: '{today}', fixed: 'a:b,c' },
    },
    incremental: { kind: 'full' },
  });

  expect(url).toBe(
    'http://127.0.0.1:1/base/v1/8/a%2Fb%20c?q=a/b%20c%26%2B&day=2023-11-14&fixed=a:b,c',
  );
});

test('periods give the first and the last that are asked for', () => {
  const url = build(
    {
      request: { path: '/x', query: { date: '{from}:{to}' } },
      incremental: { kind: 'periods', unit: 'year', from: '1960' },
      paginate: { kind: 'page', size: { param: 'per_page', value: 50 } },
    },
    { items: ['1999', '2000', '2001'] },
  );

  expect(url).toBe('http://127.0.0.1:1/base/x?date=1999:2001&per_page=50&page=1');
});

test('a page behind a record asks for what follows its values, in place of the beginning of the window', () => {
  const definition = {
    request: { path: '/x', query: { after_id: '0' } },
    incremental: { ...cursor, format: 'iso' },
    paginate: { kind: 'keyset', after: { since: 'at', after_id: 'id' } },
  };
  const window = { from: '0', to: '1000000' };
  const after = JSON.stringify({ since: '2024-01-01T00:00:00+02:00', after_id: 'a&b/7' });
  const page = { ...task.page, seq: 1, place: { after } };

  expect(build(definition, { cursor: window })).toBe(
    'http://127.0.0.1:1/base/x?after_id=0&since=1970-01-01T00:00:00Z&until=1970-01-01T00:00:01Z',
  );
  expect(build(definition, { cursor: window, page })).toBe(
    'http://127.0.0.1:1/base/x?after_id=a%26b%2F7&since=2024-01-01T00%3A00%3A00%2B02%3A00&until=1970-01-01T00:00:01Z',
  );
});

test.each([
  ['a query', { query: { q: '%E9' } }],
  ['a header', { headers: { 'x-name': '%E9' } }],
])('%s that is not UTF-8 is a mistake of the definition', (_what, request) => {
  expect(() =>
    build({ request: { path: '/x', ...request }, incremental: { kind: 'full' } }),
  ).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
});

const cursor = { kind: 'cursor', field: 'at', from: 'since', to: 'until', start: '2000-01-01' };

test.each([
  [{ from: '0', to: null }, 'iso', 'since=1970-01-01T00:00:00Z'],
  [{ from: '1', to: '1500000' }, 'epoch-s', 'since=0&until=2'],
  [{ from: '1', to: '1000000' }, 'epoch-s', 'since=0&until=1'],
  [{ from: '86400000000', to: '86400000001' }, 'date', 'since=1970-01-02&until=1970-01-03'],
])('the window %j is written as %s, never narrower than it is', (window, format, query) => {
  const url = build(
    { request: { path: '/x' }, incremental: { ...cursor, format } },
    { cursor: window },
  );

  expect(url).toBe(`http://127.0.0.1:1/base/x?${query}`);
});

test('where the cursor itself is split, the part of its window is asked for', () => {
  const split = { axis: 'cursor', when: { status: 400, body: 'x' } };
  const windows = [{ from: '86400000000', to: '172800000000' }];

  const url = build(
    {
      request: { path: '/x', query: { q: '{from}..{to}' } },
      incremental: { ...cursor, format: 'dd/MM/yyyy', split },
    },
    { cursor: { from: '0', to: '864000000000' }, page: { ...task.page, windows } },
  );

  expect(url).toBe(
    'http://127.0.0.1:1/base/x?q=02/01/1970..03/01/1970&since=02/01/1970&until=03/01/1970',
  );
});

test('periods tell their first and last day, as the source writes them', () => {
  const url = build(
    {
      request: { path: '/x', query: { a: '{first_day}', b: '{last_day}' } },
      incremental: { kind: 'periods', unit: 'quarter', from: '2020-Q1', format: 'dd/MM/yyyy' },
    },
    { items: ['2023-Q4', '2024-Q1'] },
  );

  expect(url).toBe('http://127.0.0.1:1/base/x?a=01/10/2023&b=31/03/2024');
});

test('today is the day in the zone of the collector', () => {
  const definition = {
    request: { path: '/x', query: { day: '{today}' } },
    incremental: { ...cursor, zone: 'Pacific/Auckland' },
  };

  expect(build(definition)).toBe('http://127.0.0.1:1/base/x?day=2023-11-15');
});

test('a token of the last run is sent back encoded, and nothing on the first run', () => {
  const definition = {
    request: { path: '/x' },
    incremental: { kind: 'token', param: 'sync', next: 'next_sync' },
  };

  expect(build(definition)).toBe('http://127.0.0.1:1/base/x');
  expect(build(definition, { signal: 'a+b/=&' })).toBe(
    'http://127.0.0.1:1/base/x?sync=a%2Bb%2F%3D%26',
  );
});

test('the current window of the split axis is asked for beside the cursor', () => {
  const split = {
    from: 'starttime',
    to: 'endtime',
    start: '1970-01-01',
    when: { status: 400, body: 'x' },
  };
  const windows = [
    { from: '0', to: '1000000' },
    { from: '1000000', to: null },
  ];

  const url = build(
    {
      request: { path: '/x' },
      incremental: { ...cursor, split },
      paginate: { kind: 'offset', start: 1, size: { param: 'limit', value: 5 } },
    },
    { cursor: { from: '0', to: null }, page: { ...task.page, place: { offset: 6 }, windows } },
  );

  expect(url).toBe(
    'http://127.0.0.1:1/base/x?since=1970-01-01T00:00:00Z' +
      '&starttime=1970-01-01T00:00:00Z&endtime=1970-01-01T00:00:01Z&limit=5&offset=6',
  );
});

test('a cursor of the source is sent back encoded, and not on the first page', () => {
  const definition = {
    request: { path: '/x' },
    incremental: { kind: 'full' },
    paginate: { kind: 'cursor', param: 'c', next: 'next' },
  };

  expect(build(definition)).toBe('http://127.0.0.1:1/base/x');
  const page = { ...task.page, seq: 1, place: { cursor: 'a+b/=&', after: 'x' } };
  expect(build(definition, { page })).toBe('http://127.0.0.1:1/base/x?c=a%2Bb%2F%3D%26');
});

test('a value of two dots does not climb out of the path', () => {
  const definition = { request: { path: '/v1/{name}/x' }, incremental: { kind: 'full' } };

  expect(() => build(definition, { partition: { name: '..' } })).toThrow(/path/);
});
