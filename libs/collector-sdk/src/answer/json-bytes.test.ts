import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skipBlanks, valueEnd } from './json-bytes.ts';

/** Whether the bytes are one JSON value and nothing else. */
function isJson(text: string): boolean {
  const json = Buffer.from(text);
  const end = valueEnd(json, skipBlanks(json, 0));
  return end > 0 && skipBlanks(json, end) === json.length;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const pieces = ['{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"a":', ' ', '\n', '\u0001'];
const words = ['-', '0', '7', '.', 'e', 'E+', '1.5e-3', '-0', '01', 'true', 'null', 'nul', 'ü'];
const escapes = ['\\n', '\\u00e9', '\\u00g9', '\\u12', '\\x', '\\"', '"\\ud800"'];

test.each([
  '',
  ' ',
  '1',
  '-',
  '01',
  '1.',
  '.5',
  '1e',
  '1e+5',
  '-0.0E-9',
  'tru',
  'truex',
  'NaN',
  '[]',
  '[1,]',
  '[,1]',
  '[1 2]',
  '{}',
  '{"a":1,}',
  '{"a" 1}',
  '{a:1}',
  '{"a":1}}',
  '[[{}]]',
  '"a',
  '"a\tb"',
  '"\\u00E9"',
  '"\\u00"',
  '"\\"',
  '"\\\\"',
  '\u00a01',
  '\t[\r\n]\t',
])('%j is taken exactly when JSON.parse takes it', (text) => {
  expect(isJson(text)).toBe(parses(text));
});

test('any JSON text is taken, however it is spaced', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, space) => {
      expect(isJson(JSON.stringify(value, null, space))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('any mixture of pieces of JSON is taken exactly when JSON.parse takes it', () => {
  const piece = fc.constantFrom(...pieces, ...words, ...escapes);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (chosen) => {
      const text = chosen.join('');
      expect(isJson(text)).toBe(parses(text));
    }),
    { numRuns: 5_000 },
  );
});

test('JSON with a change somewhere is taken exactly when JSON.parse takes it', () => {
  const piece = fc.constantFrom(...pieces, ...words, ...escapes);
  fc.assert(
    fc.property(fc.jsonValue(), piece, fc.nat(), fc.nat(2), (value, changed, place, gone) => {
      const whole = JSON.stringify(value);
      const at = place % (whole.length + 1);
      const text = whole.slice(0, at) + changed + whole.slice(at + gone);
      // Half a surrogate pair does not survive as bytes; it is none of JSON's own characters.
      expect(isJson(text)).toBe(parses(text));
    }),
    { numRuns: 3_000 },
  );
});
