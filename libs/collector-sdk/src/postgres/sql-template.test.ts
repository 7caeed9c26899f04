import { expect, test } from 'vitest';
import { compileSql, SqlParameters } from './sql-template.ts';

function written(sql: string, values: Record<string, string | number> = {}) {
  const parameters = new SqlParameters(values);
  const text = compileSql(sql).write(parameters);
  return { text, values: parameters.values };
}

test('a value travels as a parameter, whatever it is', () => {
  const evil = `x'; drop table orders; --`;

  const { text, values } = written('select * from orders where client = {client}', {
    client: evil,
  });

  expect(text).toBe('select * from orders where client = $1');
  expect(values).toEqual([evil]);
});

test('a name that is used twice is one parameter, and numbers become text', () => {
  const { text, values } = written('select {a}::int, {b}, {a}::int', { a: 7, b: 'x' });

  expect(text).toBe('select $1::int, $2, $1::int');
  expect(values).toEqual(['7', 'x']);
});

test('parameters are counted on from those that are there', () => {
  const parameters = new SqlParameters({ a: 'x' });
  parameters.add('first');

  expect(compileSql('select {a}').write(parameters)).toBe('select $2');
});

test.each([
  [`select '{1,2}'::int[]`],
  [`select '{"a":"it''s {a}"}'::jsonb`],
  [`select E'\\'{a}'`],
  [`select "{a}" from t`],
  [`select "a""{a}" from t`],
  [`select $$ {a} $$`],
  [`select $tag$ $$ {a} $tag$`],
  [`select 1 -- {a}`],
  [`select /* {a} */ 1`],
])('braces in %s are no variable', (sql) => {
  expect(compileSql(sql).variables).toEqual([]);
  expect(written(sql)).toEqual({ text: sql, values: [] });
});

test('an identifier that ends in e does not make the next text an escaped one', () => {
  expect(written(`select date'\\', {a}`, { a: 'x' }).text).toBe(`select date'\\', $1`);
});

test('a value that is not there is NULL', () => {
  expect(written('select {to}').values).toEqual([null]);
});
