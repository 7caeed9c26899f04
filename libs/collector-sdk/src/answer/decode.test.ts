import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpRequest } from '../definition/request.ts';
import { decode } from './decode.ts';

const decoderOf = (decoder: unknown) => HttpRequest.parse({ path: '/', decoder }).decoder;
const csv = decoderOf({ kind: 'csv' });
const ndjson = decoderOf({ kind: 'ndjson' });

describe('CSV', () => {
  test.each([
    ['a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    ['a,b\n1,2', [{ a: '1', b: '2' }]],
    // Texts stay as they are: no number, no date, no trimming.
    ['a,b\n 007 ,1e3\n', [{ a: ' 007 ', b: '1e3' }]],
    ['a,b\n,""\n', [{ a: null, b: null }]],
    ['a,b\n"x,\ny","say ""hi"""\n', [{ a: 'x,\ny', b: 'say "hi"' }]],
    ['a,b\n\n1,2\n\n', [{ a: '1', b: '2' }]],
    ['a,b\n', []],
    ['', []],
    ['12345678901234567890.10\n1\n', [{ '12345678901234567890.10': '1' }]],
  ])('%j is %j', (text, records) => {
    expect(decode(csv, text)).toEqual(records);
  });

  test('the separator and the quote may be others', () => {
    const decoder = decoderOf({ kind: 'csv', separator: ';', quote: "'" });

    expect(decode(decoder, 'a;b\n\'1;5\';"2"\n')).toEqual([{ a: '1;5', b: '"2"' }]);
  });

  test.each([
    ['a,b\n1\n', 'not CSV'],
    ['a,b\n1,2,3\n', 'not CSV'],
    ['a,b\n1,"2', 'not CSV'],
    ['a,b\n1,"2"x\n', 'not CSV'],
    ['a,a\n1,2\n', 'names "a" twice'],
    ['a,b\r1,2\r3,4\r', 'bare CR'],
    ['<!DOCTYPE html>\n<p>busy</p>\n', 'looks like XML or HTML'],
  ])('%j is refused', (text, reason) => {
    expect(() => decode(csv, text)).toThrow(reason);
  });

  test('a text without the columns that are needed is no table without rows', () => {
    expect(() => decode(csv, 'Service busy', ['id'])).toThrow('no "id"');
    expect(decode(csv, 'name,id\n', ['id'])).toEqual([]);
    expect(decode(csv, '', ['id'])).toEqual([]);
  });

  test('what is written by the rules is read as it was', () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 }), (rows) => {
        const text = [['x', 'y'], ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');

        expect(decode(csv, text)).toEqual(rows.map(([x, y]) => ({ x, y })));
      }),
      { numRuns: 40 },
    );
  });
});

describe('NDJSON', () => {
  test('each line is a value, digit for digit; blank lines are nothing', () => {
    const text = '{"a":1}\r\n\n{"a":12345678901234567890}\n';

    expect(JSON.stringify(decode(ndjson, text))).toBe('[{"a":1},{"a":12345678901234567890}]');
  });

  test('a torn last line is an error, never a record', () => {
    const whole = '{"a":1}\n{"a":{"b":22}}';
    for (let end = '{"a":1}\n{'.length; end < whole.length; end += 1) {
      expect(() => decode(ndjson, whole.slice(0, end))).toThrow('line 2');
    }
    expect(decode(ndjson, whole)).toHaveLength(2);
  });
});
