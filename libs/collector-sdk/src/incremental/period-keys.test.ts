import { expect, test } from 'vitest';
import { cursorToDigits, formatDay } from '../cursor-format.ts';
import {
  firstDayOf,
  isPeriodKey,
  lastDayOf,
  periodAt,
  periodNamed,
  periodsBetween,
  type PeriodUnit,
} from './period-keys.ts';

test.each<[PeriodUnit, string, string, string]>([
  ['year', '2024', '2024-01-01', '2024-12-31'],
  ['quarter', '2024-Q1', '2024-01-01', '2024-03-31'],
  ['quarter', '2023-Q4', '2023-10-01', '2023-12-31'],
  ['month', '2024-02', '2024-02-01', '2024-02-29'],
  ['month', '2023-02', '2023-02-01', '2023-02-28'],
  ['week', '2024-W01', '2024-01-01', '2024-01-07'],
  // Weeks belong to the year of their Thursday.
  ['week', '2020-W53', '2020-12-28', '2021-01-03'],
  ['week', '2025-W01', '2024-12-30', '2025-01-05'],
  ['day', '2024-02-29', '2024-02-29', '2024-02-29'],
])('the %s %s lasts from %s to %s', (unit, key, first, last) => {
  expect(isPeriodKey(unit, key)).toBe(true);
  expect(formatDay(firstDayOf(key) ?? 0)).toBe(first);
  expect(formatDay(lastDayOf(key) ?? 0)).toBe(last);
});

test.each<[PeriodUnit, string]>([
  ['year', '24'],
  ['quarter', '2024-Q5'],
  ['month', '2024-13'],
  ['month', '2024'],
  ['week', '2024-W53'],
  ['week', '2024-W00'],
  ['day', '2023-02-29'],
])('there is no %s "%s"', (unit, key) => {
  expect(isPeriodKey(unit, key)).toBe(false);
});

test.each<[PeriodUnit, string, string, string]>([
  ['quarter', '2023-Q3', '2024-Q1', '2023-Q3 2023-Q4 2024-Q1'],
  ['week', '2020-W52', '2021-W02', '2020-W52 2020-W53 2021-W01 2021-W02'],
  ['week', '2024-W51', '2025-W01', '2024-W51 2024-W52 2025-W01'],
  ['month', '2023-11', '2024-02', '2023-11 2023-12 2024-01 2024-02'],
  ['day', '2024-02-28', '2024-03-01', '2024-02-28 2024-02-29 2024-03-01'],
  ['year', '2020', '2019', ''],
])('%ss from %s to %s', (unit, from, to, keys) => {
  expect(periodsBetween(unit, from, to).join(' ')).toBe(keys);
});

test.each<[PeriodUnit, string, 'from' | 'to', string | undefined]>([
  ['month', '2024', 'from', '2024-01'],
  ['month', '2024', 'to', '2024-12'],
  ['quarter', '2024', 'to', '2024-Q4'],
  ['day', '2024-Q1', 'to', '2024-03-31'],
  ['quarter', '2024-05-05', 'from', '2024-Q2'],
  ['week', '2024-12-31T23:00:00Z', 'to', '2025-W01'],
  ['year', 'soon', 'from', undefined],
])('where periods are %ss, %s as %s means %s', (unit, text, end, key) => {
  expect(periodNamed(unit, text, end)).toBe(key);
});

test('a period begins at midnight of its zone', () => {
  const newYear = cursorToDigits('2024-01-01T01:00:00Z', 'time');

  expect(periodAt('year', newYear)).toBe('2024');
  expect(periodAt('month', newYear, 'America/Sao_Paulo')).toBe('2023-12');
  expect(periodAt('day', cursorToDigits('2023-12-31T23:30:00Z', 'time'), 'Europe/Berlin')).toBe(
    '2024-01-01',
  );
});
