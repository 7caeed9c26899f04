import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const base = {
  name: 'orders',
  source: { name: 'shop', baseUrl: 'https://shop.example' },
  partitions: [{ client: 2151, route: 'pedidos' }] as unknown,
  request: { path: '/{client}/{route}' },
  incremental: { kind: 'full' } as unknown,
  target: { kind: 'raw', table: 'raw_{client}_{route}' },
};

function mistakesOf(change: Partial<typeof base>) {
  const checked = checkDefinition({ ...base, ...change }, []);
  return 'mistakes' in checked ? checked.mistakes : [];
}

test('names may hold values that every partition has', () => {
  expect(mistakesOf({})).toEqual([]);
  expect(mistakesOf({ partitions: { query: 'select 1', keys: ['client', 'route'] } })).toEqual([]);
});

test('a value that partitions do not have is told', () => {
  expect(mistakesOf({ target: { kind: 'raw', table: 'raw_{cliente}' } })).toEqual([
    {
      path: 'target.table',
      message: 'partitions have no value "cliente"; they have client, route',
    },
  ]);
});

test.each([
  ['raw_{client', 'lower-case letters'],
  ['Raw_{client}', 'lower-case letters'],
  [`raw_${'x'.repeat(60)}`, 'more than 63'],
  ['{client}', 'begins with a digit'],
])('%s is no name of tables', (table, part) => {
  const mistakes = mistakesOf({ target: { kind: 'raw', table } });

  expect(mistakes).toEqual([{ path: 'target.table', message: expect.stringContaining(part) }]);
});

test('listed partitions that would share a table by accident are told', () => {
  const partitions = [
    { client: 1, route: 'a_b' },
    { client: 1, route: 'a-b' },
  ];

  expect(mistakesOf({ partitions })).toEqual([
    {
      path: 'target.table',
      message: '[1,"a_b"] and [1,"a-b"] would both be loaded into public.raw_1_a_b',
    },
  ]);
});

test('a snapshot that deletes does not go with a table for each job', () => {
  const paths = mistakesOf({ incremental: { kind: 'snapshot' } }).map(({ path }) => path);

  expect(paths).toContain('target.table');
  expect(mistakesOf({ incremental: { kind: 'snapshot', deletions: 'ignore' } })).toEqual([]);
});
