import { describe, expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';
import { childrenOf } from '../children.ts';
import type { DefinitionInput } from '../definition/definition.ts';
import { jobOf } from '../jobs.ts';
import { revisionOf } from '../revision.ts';
import { targetShape } from '../target-shape.ts';

const child = {
  at: 'lines',
  table: 'order_lines',
  parent: { order_id: 'id' },
  key: ['order_id', 'sku'],
  fields: { sku: { type: 'text' }, quantity: { type: 'numeric' } },
} as const;

const target = {
  kind: 'table',
  table: 'orders',
  key: ['id'],
  fields: { id: { type: 'bigint' }, day: { type: 'date' } },
} as const;

const base = {
  name: 'orders',
  source: { name: 'shop', baseUrl: 'https://shop.example' },
  request: { path: '/orders' },
  incremental: { kind: 'full' },
} as const;

const withTarget = (changes: object, more: object = {}) => ({
  ...base,
  ...more,
  target: { ...target, ...changes },
});

const mistakesOf = (value: unknown): string[] => {
  const checked = checkDefinition(value, []);
  return 'mistakes' in checked
    ? checked.mistakes.map(({ path, message }) => `${path}: ${message}`)
    : [];
};

const mustRead = (value: unknown) => {
  const checked = checkDefinition(value, []);
  if ('mistakes' in checked) throw new Error(JSON.stringify(checked.mistakes));
  return checked.definition;
};

test('a child has a table with the columns of its record first, and its key begins with them', () => {
  const definition = mustRead(
    withTarget({
      schema: 'shop',
      children: [
        {
          ...child,
          parent: { day: 'day', order_id: 'id' },
          position: 'place',
          key: ['place', 'order_id'],
        },
      ],
    }),
  );

  const [table] = childrenOf(definition);

  expect(table && targetShape(table.definition)).toEqual({
    schema: 'shop',
    table: 'order_lines',
    key: ['order_id', 'place'],
    version: undefined,
    columns: [
      { name: 'day', type: 'date' },
      { name: 'order_id', type: 'bigint' },
      { name: 'place', type: 'bigint' },
      { name: 'sku', type: 'text' },
      { name: 'quantity', type: 'numeric' },
    ],
  });
  expect(targetShape(definition).columns.at(-1)).toEqual({ name: '_children', type: 'text' });
});

test('a definition without children is of the revision that it always was', () => {
  const definition = mustRead(withTarget({}));

  expect(definition.target).not.toHaveProperty('children');
  expect(childrenOf(definition)).toEqual([]);
  expect(revisionOf(definition)).not.toBe(revisionOf(mustRead(withTarget({ children: [child] }))));
});

test('the children of a job have tables of their own, too', () => {
  const definition = mustRead(
    withTarget(
      { table: 'orders_{shop}', children: [{ ...child, table: 'lines_of_{shop}' }] },
      { partitions: [{ shop: 'eu' }, { shop: 'us' }] },
    ),
  );

  const tables = childrenOf(jobOf(definition, { shop: 'us' })).map(
    (each) => each.definition.target.table,
  );

  expect(tables).toEqual(['lines_of_us']);
});

describe('what does not fit together', () => {
  test.each<[string, object, string]>([
    ['the record as its own list', { at: '$' }, '0.at: is the record itself'],
    ['a key without the record', { key: ['sku'] }, '0.key: needs "order_id"'],
    [
      'a record that nothing tells',
      { parent: { day: 'day' }, key: ['day', 'sku'] },
      '0.parent: needs a column for "id"',
    ],
    [
      'a field that the target has not',
      { parent: { order_id: 'id', x: 'no' } },
      '0.parent.x: target.fields has no field "no"',
    ],
    [
      'a key that is no column',
      { key: ['order_id', 'no'] },
      '0.key.1: target.children.0.fields has no field "no"',
    ],
    ['a column twice', { position: 'sku' }, '0: "sku" is the name of two columns'],
    [
      'a name that every target has',
      { position: '_run_id' },
      '0.position._run_id: is the name of a column',
    ],
    ['no fields', { fields: {}, key: ['order_id'] }, '0.fields: needs at least one field'],
    [
      'days in a text',
      { fields: { sku: { type: 'text', format: 'dd/MM/yyyy' } } },
      '0.fields.sku.format: ',
    ],
    [
      'the table of the target',
      { table: 'orders' },
      '0.table: "public.orders" is the table of the target',
    ],
    [
      'a schema that is not for targets',
      { schema: 'tidemark' },
      '0.schema: "tidemark" is not for targets',
    ],
    [
      'a value of the partition',
      { table: 'lines_{shop}' },
      '0.table: has shop of the partition in its name, and target.table has none',
    ],
  ])('%s', (_, changes, expected) => {
    const mistakes = mistakesOf(withTarget({ children: [{ ...child, ...changes }] }));

    expect(mistakes.join('\n')).toContain(`target.children.${expected}`);
    expect(mistakes).toHaveLength(1);
  });

  test('two children in one table', () => {
    expect(mistakesOf(withTarget({ children: [child, { ...child, at: 'more' }] }))).toEqual([
      expect.stringMatching(/^target\.children\.1\.table: "public\.order_lines" is the table of/),
    ]);
  });

  test('rows of records that are removed while their children stay', () => {
    const snapshot = { incremental: { kind: 'snapshot', deletions: 'remove' } };

    expect(mistakesOf(withTarget({ children: [child] }, snapshot))).toEqual([
      expect.stringMatching(/^incremental\.deletions: would leave the children/),
    ]);
    expect(
      mistakesOf(
        withTarget({ children: [child] }, { incremental: { kind: 'snapshot', deletions: 'mark' } }),
      ),
    ).toEqual([]);
  });

  test('a raw target, which keeps records whole', () => {
    const raw: DefinitionInput['target'] = { kind: 'raw', table: 'raw_orders' };

    expect(mistakesOf({ ...base, target: { ...raw, children: [child] } })).toEqual([
      'target.children: a raw target keeps each record whole, with its lists; write kind: table',
    ]);
  });

  test('a column of the record that is kept for the digest of its children', () => {
    const fields = { ...target.fields, _children: { type: 'text' } };

    expect(mistakesOf(withTarget({ fields, children: [child] }))).toEqual([
      'target.fields._children: is the name of a column that every target has',
    ]);
  });
});
