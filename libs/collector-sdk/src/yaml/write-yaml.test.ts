import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeYaml } from './write-yaml.ts';

test('any value reads back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      // JSON knows no negative zero.
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(parse(writeYaml(plain))).toEqual(plain);
    }),
  );
});

test.each([
  'true',
  '1e5',
  '0.pages',
  '{from}:{to}',
  '*/15 * * * *',
  '2024-01-01',
  'a: b # c',
  'x '.repeat(99),
])('the text %j stays a text', (text) => {
  expect(parse(writeYaml({ text }))).toEqual({ text });
});

test('what is shared in memory is written out each time', () => {
  const shared = { a: 1 };

  expect(writeYaml({ one: shared, two: shared })).toBe('one:\n  a: 1\ntwo:\n  a: 1\n');
});
