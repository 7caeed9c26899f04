import { Definition } from '@tidemark/collector-sdk';
import { expect, test } from 'vitest';
import { cursorChange } from './cursor-change.ts';

const incremental = (changes: object): Definition['incremental'] =>
  Definition.shape.incremental.parse({
    kind: 'cursor',
    field: 'at',
    from: 'since',
    start: '2024-01-01',
    ...changes,
  });
const days = { format: 'date', zone: 'America/Sao_Paulo' };

test.each<[string, object, object, RegExp]>([
  ['another field', {}, { field: 'created' }, /field was at, now it is created/],
  ['another zone of days', days, { ...days, zone: 'UTC' }, /those of America\/Sao_Paulo, now.*UTC/],
  ['days of another zone', { zone: 'UTC' }, days, /those of UTC, now/],
])('%s is refused while something is covered', (_, before, after, reason) => {
  const change = (unit: 'time' | null) =>
    cursorChange({ unit, incremental: incremental(before) }, incremental(after));

  expect(change('time')).toMatch(reason);
  expect(change('time')).toMatch(/tidemark reset/);
  expect(change(null)).toBeUndefined();
});

test('another unit is refused, also when it is not known how it was asked before', () => {
  const integers = incremental({ unit: 'integer', format: 'integer', start: '0' });

  expect(cursorChange({ unit: 'time', incremental: undefined }, integers)).toMatch(
    /unit was time, now it is integer/,
  );
  expect(cursorChange({ unit: 'integer', incremental: undefined }, integers)).toBeUndefined();
});

test.each([
  ['parameters, look-back and start', {}, { from: 'after', lookback: '1d', start: '2020-01-01' }],
  ['the zone of instants that have one', {}, { zone: 'Europe/Berlin' }],
  ['how an epoch is written', { format: 'epoch-s' }, { format: 'epoch-ms' }],
])('%s may change', (_, before, after) => {
  const known = { unit: 'time' as const, incremental: incremental(before) };

  expect(cursorChange(known, incremental(after))).toBeUndefined();
});

test('a collector that asks by something else has no cursor', () => {
  expect(cursorChange({ unit: 'time', incremental: undefined }, { kind: 'full' })).toBeUndefined();
});
