import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const mistakesOf = (incremental: object): string[] => {
  const checked = checkDefinition(
    {
      name: 'x',
      source: { name: 'x', baseUrl: 'https://example.org' },
      request: { path: '/x' },
      incremental,
      target: {
        kind: 'table',
        table: 't',
        key: ['id'],
        fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
      },
    },
    [],
  );
  return 'mistakes' in checked
    ? checked.mistakes.map(({ path, message }) => `${path}: ${message}`)
    : [];
};

const cursor = { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01' };
const integer = { ...cursor, field: 'id', unit: 'integer', format: 'integer', start: '0' };
const when = { status: 400, body: 'too many' };

test.each<[string, object]>([
  ['days of a zone', { ...cursor, format: 'dd/MM/yyyy', zone: 'America/Sao_Paulo' }],
  ['a local start', { ...cursor, zone: 'Europe/Berlin', start: '2024-01-01T00:30' }],
  [
    'integers with lengths in units',
    { ...integer, to: 'until', size: 1000, lookback: 50, maxStep: 10 },
  ],
  ['a cursor that is split itself', { ...cursor, to: 'until', split: { axis: 'cursor', when } }],
  ['a token', { kind: 'token', param: 'sync', next: 'next' }],
  [
    'cadences',
    {
      kind: 'periods',
      unit: 'week',
      from: '2020-W01',
      cadences: [{ every: '1d', newest: 2 }, { every: '30d' }],
    },
  ],
])('%s: no mistake', (_, incremental) => {
  expect(mistakesOf(incremental)).toEqual([]);
});

test.each<[object, RegExp]>([
  [{ ...cursor, zone: 'Mars/Base' }, /^incremental\.zone: "Mars\/Base" is not a time zone/],
  [{ ...cursor, start: '2024-01-01T00:30' }, /^incremental\.start: .*with a zone/],
  [{ ...cursor, lookback: 5 }, /^incremental\.lookback: is a number, but the cursor is a time/],
  [
    { ...integer, lookback: '5d' },
    /^incremental\.lookback: is a length of time, but the cursor is an integer/,
  ],
  [{ ...integer, settle: '5m' }, /^incremental\.settle: is a length of time/],
  [{ ...cursor, maxStep: 5 }, /^incremental\.maxStep: is for integers/],
  [{ ...cursor, size: '5d' }, /^incremental\.size: needs incremental\.to/],
  [{ ...cursor, to: 'until', size: '0s' }, /^incremental\.size: must be longer than nothing/],
  [
    { ...cursor, to: 'until', format: 'date', size: '1h' },
    /^incremental\.size: must be 1d at least/,
  ],
  [
    { ...cursor, split: { axis: 'cursor', when } },
    /^incremental\.split\.axis: needs incremental\.to/,
  ],
  [
    { ...integer, to: 'until', split: { axis: 'cursor', when } },
    /^incremental\.split\.axis: an integer has no clock/,
  ],
  [
    { kind: 'periods', unit: 'quarter', from: '2024-1' },
    /^incremental\.from: "2024-1" is not a quarter such as 2024-Q1/,
  ],
  [
    { kind: 'periods', unit: 'year', from: '2024', zone: 'Nowhere' },
    /^incremental\.zone: "Nowhere" is not a time zone/,
  ],
  [
    { kind: 'periods', unit: 'year', from: '2024', recent: 3, cadences: [{ every: '1d' }] },
    /^incremental\.recent: is said by incremental\.cadences/,
  ],
  [
    {
      kind: 'periods',
      unit: 'year',
      from: '2024',
      cadences: [
        { every: '1d', newest: 5 },
        { every: '7d', newest: 5 },
      ],
    },
    /^incremental\.cadences\.1\.newest: must take in more periods/,
  ],
])('%j: %s', (incremental, expected) => {
  expect(mistakesOf(incremental)).toEqual([expect.stringMatching(expected)]);
});
