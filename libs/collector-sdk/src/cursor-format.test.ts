import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CursorNotation,
  cursorToDigits,
  digitsToCursor,
  durationToMicros,
  durationToMs,
  floorDigits,
  parseCursor,
} from './cursor-format.ts';

describe('a cursor becomes digits', () => {
  test.each<[string | number, CursorNotation, string]>([
    ['1970-01-01', 'time', '0'],
    ['1969-12-31T23:59:59.999999Z', 'iso', '-1'],
    ['2018-01-30', 'date', '1517270400000000'],
    ['2018-01-30T00:00:00.123456Z', 'iso', '1517270400123456'],
    ['2018-01-30T05:30:00.1+05:30', 'iso', '1517270400100000'],
    ['2018-01-30T00:00:00.1234569Z', 'iso', '1517270400123456'],
    ['2018-01-29 18:00-0600', 'iso', '1517270400000000'],
    ['2016-02-29', 'time', '1456704000000000'],
    ['0001-01-01', 'time', '-62135596800000000'],
    [1517270400, 'epoch-s', '1517270400000000'],
    ['1517270400.1234567', 'epoch-s', '1517270400123456'],
    [1517270400123, 'epoch-ms', '1517270400123000'],
    ['-5', 'epoch-us', '-5'],
    ['9007199254740993', 'integer', '9007199254740993'],
    ['007', 'integer', '7'],
  ])('%s as %s is %s', (text, notation, digits) => {
    expect(cursorToDigits(text, notation)).toBe(digits);
  });

  test.each<[string, CursorNotation]>([
    ['2018-01-30T00:00:00', 'iso'],
    ['2018-02-30', 'time'],
    ['2018-13-01', 'time'],
    ['2018-01-01T24:01:00Z', 'time'],
    ['yesterday', 'time'],
    ['', 'integer'],
    ['1.5', 'integer'],
    ['NaN', 'epoch-s'],
    ['1e9', 'epoch-s'],
  ])('%s is not %s', (text, notation) => {
    expect(parseCursor(text, notation)).toBeUndefined();
    expect(() => cursorToDigits(text, notation)).toThrow(/is not/);
  });
});

describe('digits become a cursor', () => {
  test.each<[string, CursorNotation, string]>([
    ['1517270400000000', 'iso', '2018-01-30T00:00:00Z'],
    ['1517270400123000', 'iso', '2018-01-30T00:00:00.123Z'],
    ['1517270400123456', 'iso', '2018-01-30T00:00:00.123456Z'],
    ['-1', 'iso', '1969-12-31T23:59:59.999999Z'],
    ['-1', 'date', '1969-12-31'],
    ['-1', 'epoch-s', '-1'],
    ['1517270400999999', 'epoch-ms', '1517270400999'],
    ['42', 'integer', '42'],
  ])('%s as %s is %s', (digits, notation, text) => {
    expect(digitsToCursor(digits, notation)).toBe(text);
  });

  test('and back again, every microsecond of the years 1 to 9999', () => {
    const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });

    fc.assert(
      fc.property(micros, (value) => {
        const digits = value.toString();
        expect(cursorToDigits(digitsToCursor(digits, 'iso'), 'iso')).toBe(digits);
      }),
    );
  });
});

test('rounding down keeps to what a notation can express', () => {
  expect(floorDigits('1517270400999999', 'epoch-s')).toBe('1517270400000000');
  expect(floorDigits('-1', 'date')).toBe('-86400000000');
  expect(floorDigits('1517270400999999', 'iso')).toBe('1517270400999999');
});

test('a length of time is read in milliseconds and in microseconds', () => {
  expect(durationToMs('1500ms')).toBe(1_500);
  expect(durationToMs('7d')).toBe(604_800_000);
  expect(durationToMicros('2h')).toBe(7_200_000_000n);
  expect(() => durationToMs('2 weeks')).toThrow(/length of time/);
});
