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

describe('days and local times are those of a zone', () => {
  const berlin = 'Europe/Berlin';
  const saoPaulo = 'America/Sao_Paulo';

  test.each<[string, CursorNotation, string, string]>([
    ['31/01/2024', 'dd/MM/yyyy', 'UTC', '2024-01-31T00:00:00Z'],
    ['31/01/2024', 'dd/MM/yyyy', saoPaulo, '2024-01-31T03:00:00Z'],
    ['31-01-2024', 'dd-MM-yyyy', berlin, '2024-01-30T23:00:00Z'],
    ['01/31/2024', 'MM/dd/yyyy', 'UTC', '2024-01-31T00:00:00Z'],
    ['01-31-2024', 'MM-dd-yyyy', 'UTC', '2024-01-31T00:00:00Z'],
    ['20240131', 'yyyyMMdd', 'UTC', '2024-01-31T00:00:00Z'],
    ['2024-01-31', 'time', saoPaulo, '2024-01-31T03:00:00Z'],
    ['2024-07-01T12:00', 'time', berlin, '2024-07-01T10:00:00Z'],
    ['2024-07-01T12:00:00.5', 'iso-local', berlin, '2024-07-01T10:00:00.500Z'],
    ['2024-07-01T12:00Z', 'time', berlin, '2024-07-01T12:00:00Z'],
  ])('%s as %s in %s is %s', (text, notation, zone, instant) => {
    expect(digitsToCursor(cursorToDigits(text, notation, zone), 'iso')).toBe(instant);
  });

  test.each<[string, CursorNotation]>([
    ['31/02/2024', 'dd/MM/yyyy'],
    ['2024-01-31', 'dd/MM/yyyy'],
    ['1/2/2024', 'dd/MM/yyyy'],
    ['2024-07-01T12:00', 'iso-local'],
  ])('%s is not %s in UTC', (text, notation) => {
    expect(parseCursor(text, notation)).toBeUndefined();
  });

  test.each<[string, CursorNotation, string, 'from' | 'to', string]>([
    ['2024-02-01T01:30:00Z', 'dd/MM/yyyy', saoPaulo, 'from', '31/01/2024'],
    ['2024-02-01T01:30:00Z', 'dd/MM/yyyy', saoPaulo, 'to', '01/02/2024'],
    ['2024-02-01T03:00:00Z', 'dd/MM/yyyy', saoPaulo, 'to', '01/02/2024'],
    ['2024-02-01T01:30:00Z', 'date', 'UTC', 'to', '2024-02-02'],
    ['2024-07-01T10:00:00Z', 'iso-local', berlin, 'from', '2024-07-01T12:00:00'],
    // Half past two comes twice: a window from the first one takes in all of the second, and one up to the second all of the first.
    ['2024-10-27T00:30:00Z', 'iso-local', berlin, 'from', '2024-10-27T02:00:00'],
    ['2024-10-27T01:30:00Z', 'iso-local', berlin, 'to', '2024-10-27T03:00:00'],
    ['1970-01-01T00:00:00.000001Z', 'epoch-s', 'UTC', 'to', '1'],
    ['1969-12-31T23:59:59.999999Z', 'epoch-ms', 'UTC', 'to', '0'],
  ])('%s as %s in %s is written as %s: %s', (...given) => {
    const [instant, notation, zone, end, text] = given;
    expect(digitsToCursor(cursorToDigits(instant, 'time'), notation, zone, end)).toBe(text);
  });

  test.each([
    ['2018-11-04T12:00:00Z', saoPaulo, '2018-11-04T03:00:00Z'],
    ['2018-02-18T02:30:00Z', saoPaulo, '2018-02-17T02:00:00Z'],
    ['2024-10-27T12:00:00Z', berlin, '2024-10-26T22:00:00Z'],
    ['2024-10-27T23:30:00Z', berlin, '2024-10-27T23:00:00Z'],
  ])('%s in %s is rounded down to the begin of its day', (instant, zone, begin) => {
    const digits = floorDigits(cursorToDigits(instant, 'time'), 'date', zone);

    expect(digitsToCursor(digits, 'iso')).toBe(begin);
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
