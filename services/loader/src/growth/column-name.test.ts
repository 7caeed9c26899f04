import { expect, test } from 'vitest';
import { columnName, variantName } from './column-name.ts';

const none = new Set<string>();

test.each([
  ['Size X', 'size_x'],
  ['camelCase', 'camelcase'],
  ['_run_id', 'run_id'],
  ['2019', 'field_2019'],
  ['', 'field'],
  ['日本', 'field'],
  ['"; drop table x; --', 'drop_table_x'],
  ["x') , (select 1", 'x_select_1'],
  ['__proto__', 'proto'],
  ['a'.repeat(80), 'a'.repeat(63)],
])('a name of any kind becomes one that is safe: %s', (wanted, name) => {
  expect(columnName(wanted, none)).toBe(name);
});

test('a name that is taken gets a number, within what PostgreSQL keeps', () => {
  const long = 'a'.repeat(63);

  expect(columnName('Size', new Set(['size', 'size_2']))).toBe('size_3');
  expect(columnName(long, new Set([long]))).toBe(`${'a'.repeat(61)}_2`);
  expect(variantName(long, 'text', none)).toBe(`${'a'.repeat(57)}__text`);
  expect(variantName('size', 'text', new Set(['size__text']))).toBe('size__text_2');
});
