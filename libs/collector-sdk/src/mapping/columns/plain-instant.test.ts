import { expect, test } from 'vitest';
import { isPlainInstant, isPlainInstantText } from './plain-instant.ts';

test.each([
  '2024-01-31T12:00:00Z',
  '2024-04-30 23:59:59.1Z',
  '1900-12-31T00:00:00.123456Z',
  '2023-02-28T00:00:00.000Z',
])('%s is plain, as a text and among other bytes', (text) => {
  const bytes = Buffer.from(`["${text}"]`);

  expect(isPlainInstantText(text)).toBe(true);
  expect(isPlainInstant(bytes, 2, 2 + text.length)).toBe(true);
});

test.each([
  ['a day that needs a calendar', '2024-02-29T00:00:00Z'],
  ['a day that its month has not', '2024-04-31T00:00:00Z'],
  ['a month that is none', '2024-13-01T00:00:00Z'],
  ['no month', '2024-00-01T00:00:00Z'],
  ['no day', '2024-01-00T00:00:00Z'],
  ['an hour that is none', '2024-01-01T24:00:00Z'],
  ['a leap second', '2024-01-01T23:59:60Z'],
  ['another zone', '2024-01-01T00:00:00+01'],
  ['finer than microseconds', '2024-01-01T00:00:00.1234567Z'],
  ['a dot and nothing behind it', '2024-01-01T00:00:00.Z'],
  ['a comma', '2024-01-01T00:00:00,123Z'],
  ['a year before 100', '0024-01-01T00:00:00Z'],
  ['an instant and more', '2024-01-01T00:00:00.12345Z\u6f22'],
  ['a letter whose code ends like a digit', '2024-01-01T00:00:0\u0132Z'],
  ['digits of another script', '2024-01-01T00:00:0\uff10Z'],
  ['too short', '2024-01-01T00:00Z'],
  ['much too long', `2024-01-01T00:00:00.${'0'.repeat(60)}Z`],
])('%s is left to the calendar', (_what, text) => {
  const bytes = Buffer.from(text);

  expect(isPlainInstantText(text)).toBe(false);
  expect(isPlainInstant(bytes, 0, bytes.length)).toBe(false);
});
