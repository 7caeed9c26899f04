import { expect, test } from 'vitest';
import { parseExact } from '../../answer/parse-exact.ts';
import { checkDefinition } from '../../check.ts';
import { Definition } from '../../definition/definition.ts';
import type { Contract } from '../../definition/target.ts';
import { compileMapping } from '../map-records.ts';
import { compileTextMapping } from '../map-texts.ts';

function definitionOf(contract?: Partial<Contract>): Definition {
  return Definition.parse({
    name: 'things',
    source: { name: 'shop', baseUrl: 'https://shop.example' },
    request: { path: '/things' },
    incremental: { kind: 'cursor', field: 'changed', from: 'since', start: '2024-01-01' },
    target: {
      kind: 'table',
      table: 'things',
      key: ['id'],
      fields: {
        id: { type: 'bigint' },
        amount: { type: 'bigint', default: 7 },
        city: { path: contract ? 'address.city' : 'city', type: 'text' },
        changed: { type: 'timestamptz' },
      },
      ...(contract && { contract }),
    },
  });
}

const map = async (contract: Partial<Contract>, json: string) =>
  compileMapping(definitionOf(contract), {})(parseExact(json) as unknown[]);

const CHANGED = '2024-01-01T00:00:00Z';
const record = (more: string): string => `{"id":1,"amount":2,"changed":"${CHANGED}"${more}}`;
const lineOf = (...cells: string[]): string =>
  `${['1', '2', '\\N', CHANGED, ...cells].join('\t')}\n`;

test('only a definition without a contract has the way that parses nothing', () => {
  expect(compileTextMapping(definitionOf())).toBeDefined();
  const { target, ...rest } = definitionOf();
  const contract = { columns: 'discard', types: 'freeze' };
  const under = Definition.parse({ ...rest, target: { ...target, contract } });
  expect(compileTextMapping(under)).toBeUndefined();
});

test.each([
  ['true', 'boolean', 'true'],
  ['12', 'bigint', '12'],
  ['9223372036854775807', 'bigint', '9223372036854775807'],
  ['9223372036854775808', 'numeric', '9223372036854775808'],
  ['1.50000000000000000001', 'numeric', '1.50000000000000000001'],
  ['"2024-02-29T12:00:00.123456Z"', 'timestamptz', '2024-02-29T12:00:00.123456Z'],
  ['"2024-01-31 12:00:00+02:00"', 'timestamptz', '2024-01-31 12:00:00+02:00'],
  ['"2024-01-31T12:00:00"', 'text', '2024-01-31T12:00:00'],
  ['"2024-02-30T12:00:00Z"', 'text', '2024-02-30T12:00:00Z'],
  ['"a\\tb\\\\c\\u0000"', 'text', 'a\\tb\\\\c'],
  ['"NaN"', 'text', 'NaN'],
  ['[1,{"a":9007199254740993}]', 'jsonb', '[1,{"a":9007199254740993}]'],
])(
  'a field that nobody declared is a column of the type it tells: %s',
  async (json, type, text) => {
    const mapped = await map({ columns: 'evolve' }, `[${record(`,"Size X":${json}`)}]`);

    expect(mapped.contract?.columns).toEqual([{ kind: 'field', name: 'Size X', type }]);
    expect(mapped.copyText).toBe(lineOf(text));
  },
);

test('each type of a field has a column, and what a record does not say is NULL there', async () => {
  const records = [
    record(',"x":1'),
    record(',"x":null,"y":""'),
    record(',"x":"one"'),
    record(',"address":{"zip":1}'),
  ];
  const mapped = await map({ columns: 'evolve' }, `[${records.join(',')}]`);

  expect(mapped.contract?.columns).toEqual([
    { kind: 'field', name: 'x', type: 'bigint' },
    { kind: 'field', name: 'x', type: 'text' },
  ]);
  expect(mapped.copyText).toBe(
    lineOf('1', '\\N') + lineOf('\\N', '\\N') + lineOf('\\N', 'one') + lineOf('\\N', '\\N'),
  );
});

test('a frozen target takes no record with a field that nobody declared, and says which', async () => {
  const mapped = await map({ columns: 'freeze' }, `[${record('')},${record(',"colour":null')}]`);

  expect(mapped.copyText).toBe(lineOf());
  expect(mapped.rejects).toMatchObject([
    { position: 1, code: 'RECORD_INVALID', reason: expect.stringContaining('"colour"') },
  ]);
});

test('a value of another type evolves into a variant of its column, which then is NULL in spite of its default', async () => {
  const mapped = await map(
    { types: 'evolve' },
    `[{"id":1,"amount":"many","changed":"${CHANGED}"},{"id":1,"changed":"${CHANGED}"}]`,
  );

  expect(mapped.contract?.columns).toEqual([{ kind: 'variant', name: 'amount', type: 'text' }]);
  expect(mapped.copyText).toBe(`1\t\\N\t\\N\t${CHANGED}\tmany\n` + `1\t7\t\\N\t${CHANGED}\t\\N\n`);
});

test('discarded values are counted by column, those of rejected records are not', async () => {
  const mapped = await map(
    { types: 'discard' },
    `[{"id":1,"amount":"many","changed":"${CHANGED}"},{"id":"x","amount":[],"changed":"${CHANGED}"}]`,
  );

  expect(mapped.contract).toEqual({ columns: [], discarded: { amount: 1 } });
  expect(mapped.rejects).toHaveLength(1);
});

test.each(['evolve', 'freeze', 'discard'] as const)(
  'key and cursor are never of another type: %s',
  async (types) => {
    const mapped = await map(
      { types },
      `[{"id":"x","changed":"${CHANGED}"},{"id":2,"changed":[]},{"id":3,"amount":1,"changed":"${CHANGED}"}]`,
    );

    expect(mapped.rejects.map(({ reason }) => reason.split(':')[0])).toEqual(['id', 'changed']);
    expect(mapped.records).toBe(1);
    expect(mapped.contract?.columns).toEqual([]);
  },
);

test('a record that is rejected brings no column', async () => {
  const mapped = await map(
    { columns: 'evolve', types: 'freeze' },
    `[{"id":1,"amount":"many","new":1,"changed":"${CHANGED}"}]`,
  );

  expect(mapped.contract?.columns).toEqual([]);
  expect(mapped.rejects).toHaveLength(1);
});

test('more columns than a part may have, or names that are too long, cost their record only', async () => {
  const many = Array.from({ length: 101 }, (_, place) => `"f${place}":${place}`).join(',');
  const long = JSON.stringify('n'.repeat(129));
  const mapped = await map(
    { columns: 'evolve' },
    `[${record(`,${many}`)},${record(`,${long}:1`)},${record(',"f":1')}]`,
  );

  expect(mapped.contract?.columns).toEqual([{ kind: 'field', name: 'f', type: 'bigint' }]);
  expect(mapped.rejects.map(({ position }) => position)).toEqual([0, 1]);
});

test('names of any kind stay what they are', async () => {
  const mapped = await map(
    { columns: 'evolve' },
    `[${record(',"__proto__":1,"a\\u0000\\ud800":2,"; drop table x":3')}]`,
  );

  expect(mapped.contract?.columns.map(({ name }) => name)).toEqual([
    '__proto__',
    'a\u{fffd}\u{fffd}',
    '; drop table x',
  ]);
});

test('a contract for fields that cannot be is a mistake', () => {
  const { target, ...rest } = definitionOf({ columns: 'evolve' });
  if (target.kind !== 'table') throw new Error('the target is a table');
  const fields = { ...target.fields, all: { type: 'jsonb', path: '$' } };

  expect(checkDefinition({ ...rest, target: { ...target, fields } }, [])).toMatchObject({
    mistakes: [
      { path: 'target.contract.columns', message: expect.stringContaining('reads every field') },
    ],
  });
});
