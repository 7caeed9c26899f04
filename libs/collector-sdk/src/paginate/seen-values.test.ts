import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { seenValues } from './seen-values.ts';

const definitionWith = (incremental: object): Definition =>
  Definition.parse({
    name: 'x',
    source: { name: 'x', baseUrl: 'http://127.0.0.1' },
    request: { path: '/x' },
    incremental: {
      kind: 'cursor',
      field: 'id',
      unit: 'integer',
      format: 'integer',
      from: 'since',
      start: '0',
      ...incremental,
    },
    target: {
      kind: 'table',
      table: 't',
      key: ['id'],
      fields: { id: { path: 'a.id', type: 'bigint' } },
    },
  });
const records = (...ids: unknown[]) => ids.map((id) => ({ a: { id } }));
const open = { from: '0', to: null };

test.each<[string, number | undefined, unknown[], string]>([
  ['values that follow each other are one range', 5, [3, 1, 8, '4'], '{[-4,8]}'],
  ['a value beyond the greatest step stands alone', 5, [1, 2, 8], '{[-4,2],[3,8]}'],
  [
    'digits are kept',
    5,
    ['900719925474099300', '900719925474099301'],
    '{[900719925474099295,900719925474099301]}',
  ],
  ['what is no integer does not count', 5, ['x', null, 2, 1.5], '{[-3,2]}'],
  [
    'a million may be left out where nothing is said',
    undefined,
    [1, 1_000_001],
    '{[-999999,1000001]}',
  ],
  ['a page without values says so', 5, [], '{}'],
])('%s', (_, maxStep, ids, expected) => {
  expect(seenValues(definitionWith({ maxStep }), open, records(...ids))).toBe(expected);
});

test('values below the window do not count: not every source looks at its beginning', () => {
  const definition = definitionWith({ maxStep: 5 });

  expect(seenValues(definition, { from: '100', to: null }, records(1, 100, 101))).toBe(
    '{[95,101]}',
  );
});

test('a cursor with a clock, and a chunk without a window, tell no values', () => {
  const times = definitionWith({ unit: 'time', format: 'iso', start: '2024-01-01' });

  expect(seenValues(times, open, records(1))).toBeNull();
  expect(seenValues(definitionWith({}), null, records(1))).toBeNull();
});
