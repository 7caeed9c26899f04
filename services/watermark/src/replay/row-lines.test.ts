import { expect, test } from 'vitest';
import { rowLines, type RowTarget, whyNotRow } from './row-lines.ts';

const target: RowTarget = {
  columns: ['id', 'note', 'data'],
  added: [
    { name: 'colour', type: 'text', field: 'Colour', variantOf: null },
    { name: 'id__text', type: 'text', field: null, variantOf: 'id' },
  ],
  children: [],
};
const withLines: RowTarget = {
  columns: ['id', '_children'],
  added: [],
  children: [{ name: 'order_lines', columns: ['_children', 'order_id', 'sku'] }],
};

test('values stay digit for digit, texts are escaped, what is not there is NULL', () => {
  const rows = [
    '{"id":"12345678901234567890","note":"a\\tb\\\\c","data":{"n":1.5}}',
    '{"data":null,"id":12345678901234567890.15}',
  ];

  expect(rowLines(target, rows)).toEqual({
    text: '12345678901234567890\ta\\tb\\\\c\t{"n":1.5}\n12345678901234567890.15\t\\N\t\\N\n',
    columns: [],
    children: [],
  });
});

test('columns that a schema contract added are found by their names, and by their fields', () => {
  const rows = ['{"id":"1","Colour":"red"}', '{"id__text":"x","id":null}'];

  expect(rowLines(target, rows)).toEqual({
    text: '1\t\\N\t\\N\tred\t\\N\n\\N\t\\N\t\\N\t\\N\tx\n',
    columns: [
      { kind: 'field', name: 'Colour', type: 'text' },
      { kind: 'variant', name: 'id', type: 'text' },
    ],
    children: [],
  });
});

test('children come back as their own lines', () => {
  const rows = [
    '{"id":"1","_children":"d1","order_lines":[{"_children":"d1","order_id":"1","sku":"a"},{"_children":"d1","order_id":"1","sku":null}]}',
    '{"id":"2","_children":"d2","order_lines":[]}',
  ];

  expect(rowLines(withLines, rows)).toEqual({
    text: '1\td1\n2\td2\n',
    columns: [],
    children: ['d1\t1\ta\nd1\t1\t\\N\n'],
  });
});

test.each([
  ['all is known', target, '{"id":"1","colour":"x"}', undefined],
  ['what nobody knows says nothing', target, '{"id":"1","gone":null}', undefined],
  ['a column is gone', target, '{"id":"1","gone":"x"}', /column gone/],
  ['its children are there', withLines, '{"id":"1","order_lines":[]}', undefined],
  ['its children are not there', withLines, '{"id":"1"}', /rows for order_lines/],
])('a row fits or not: %s', (_what, of, payload, why) => {
  const said = whyNotRow(of, payload);

  if (why) expect(said).toMatch(why);
  else expect(said).toBeUndefined();
});
