import { expect, test } from 'vitest';
import { doubtOf, settledMoment, type SourceMoment } from './source-moment.ts';

const quiet: SourceMoment = {
  nowUs: '1700000010000000',
  oldestUs: null,
  hidden: 0,
  prepared: 0,
  isStandby: false,
};

test.each([
  ['nothing is open', {}, '1700000009000000'],
  ['a transaction is open for long', { oldestUs: '1700000000123456' }, '1700000000123456'],
  ['a transaction has just begun', { oldestUs: '1700000009999999' }, '1700000009000000'],
  [
    'a standby has come so far',
    { isStandby: true, oldestUs: '1700000009999999' },
    '1700000009999999',
  ],
  ['a standby has repeated nothing yet', { isStandby: true }, null],
])('%s', (_, changes, expected) => {
  expect(settledMoment({ ...quiet, ...changes })).toBe(expected);
});

test.each([
  [{}, undefined],
  [{ hidden: 3 }, /pg_read_all_stats/],
  [{ prepared: 1 }, /prepared/],
  [{ isStandby: true }, /standby/],
])('what makes the moment doubtful is told: %j', (changes, expected) => {
  const doubt = doubtOf({ ...quiet, ...changes });

  if (expected === undefined) expect(doubt).toBeUndefined();
  else expect(doubt).toMatch(expected);
});
