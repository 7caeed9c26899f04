import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasLongRun, parseExact } from './parse-exact.ts';
import { isRawJson } from './raw-json.ts';

test.each([
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890.123456789',
  '0.1000000000000000055511151231257827',
  '1e400',
  '-2.5E-330',
  '1.7976931348623157e308',
  '{"id":18446744073709551615,"n":1}',
])('%s keeps every digit', (text) => {
  expect(JSON.stringify(parseExact(text))).toBe(text);
});

test.each(['1', '-0.25', '123456789012345', '1.5', '0', '0e999', '"1234567890123456789"'])(
  '%s stays an ordinary value',
  (text) => {
    expect(parseExact(text)).toBe(JSON.parse(text));
  },
);

test('any decimal number comes back digit for digit, wherever it stands in the text', () => {
  const digits = fc.stringMatching(/^-?[1-9][0-9]{0,30}(\.[0-9]{0,30}[1-9])?$/);
  fc.assert(
    fc.property(digits, fc.nat(40), (number, shift) => {
      const text = `{"${'x'.repeat(shift)}":[${number}]}`;
      expect(JSON.stringify(parseExact(text))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('a run of 16 digits is found at every offset, one of 15 never', () => {
  for (let shift = 0; shift < 40; shift += 1) {
    expect(hasLongRun(`${' '.repeat(shift)}1234567890123456 `)).toBe(true);
    expect(hasLongRun(`${' '.repeat(shift)}123456789012345 `)).toBe(false);
  }
});

test('only numbers that a double cannot hold are kept as text', () => {
  const parsed = parseExact('{"small":12,"large":12345678901234567}') as Record<string, unknown>;

  expect(parsed['small']).toBe(12);
  expect(isRawJson(parsed['large'])).toBe(true);
});

test('what is not JSON throws, and so does a bare NaN', () => {
  expect(() => parseExact('<html>')).toThrow(SyntaxError);
  expect(() => parseExact('{"a":NaN}')).toThrow(SyntaxError);
});
