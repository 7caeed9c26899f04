import { cursorToDigits } from '../cursor-format.ts';
import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { compileMapping } from './map-records.ts';
import { compileTextMapping } from './map-texts.ts';

function definitionOf(incremental: object = {}, field: object = { type: 'timestamptz' }) {
  return Definition.parse({
    name: 'orders',
    source: { name: 'shop', baseUrl: 'https://shop.example' },
    request: { path: '/orders' },
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      start: '2020-01-01',
      ...incremental,
    },
    target: {
      kind: 'table',
      table: 't',
      key: ['id'],
      fields: { id: { type: 'bigint' }, at: field },
    },
  });
}

/** Both ways of the mapping, which must agree. */
async function map(definition: Definition, cursors: readonly unknown[], window?: [string, string]) {
  const records = cursors.map((at, id) => ({ id, at }));
  const unit = definition.incremental.kind === 'cursor' ? definition.incremental.unit : 'time';
  const [from, to] = (window ?? ['', '']).map((end) =>
    end === '' ? null : cursorToDigits(end, unit),
  );
  const range = window && { from: from ?? null, to: to ?? null };
  const byValue = await compileMapping(definition, {})(records, range);
  const byText = await compileTextMapping(definition)?.(
    Buffer.from(JSON.stringify(records)),
    range,
  );
  expect({ ...byText, copyText: byText?.copyText.toString() }).toEqual(byValue);
  return {
    outside: byValue.outOfRange,
    loaded: byValue.records,
    rejected: byValue.rejects.map(({ position, code }) => [position, code]),
  };
}

const day: [string, string] = ['2024-05-01T10:00:00Z', '2024-05-01T11:00:00Z'];

test.each([
  ['in the middle', '2024-05-01T10:30:00Z', 0],
  ['at the beginning', '2024-05-01T10:00:00Z', 0],
  ['at the end', '2024-05-01T11:00:00.000000Z', 0],
  ['a microsecond before', '2024-05-01T09:59:59.999999Z', 1],
  ['a microsecond after', '2024-05-01T11:00:00.000001Z', 1],
  ['inside, by another clock', '2024-05-01T07:30:00-03', 0],
  ['outside, by another clock', '2024-05-01T10:30:00+05:30', 1],
  ['in 2099', '2099-01-01T00:00:00Z', 1],
  ['without a value', null, 0],
])('%s of the window', async (_where, at, outside) => {
  expect(await map(definitionOf(), [at], day)).toMatchObject({ outside, loaded: 1 });
});

test('an open end holds whatever comes', async () => {
  const cursors = ['1999-01-01T00:00:00Z', '2024-05-01T10:30:00Z', '2099-01-01T00:00:00Z'];

  expect(await map(definitionOf(), cursors, [day[0], ''])).toMatchObject({ outside: 1, loaded: 3 });
  expect(await map(definitionOf(), cursors, ['', day[1]])).toMatchObject({ outside: 1, loaded: 3 });
});

test('without a window nothing is judged', async () => {
  expect(await map(definitionOf(), ['2099-01-01T00:00:00Z'])).toMatchObject({ outside: 0 });
});

test('integers are compared digit for digit, also beyond what a number holds', async () => {
  const definition = definitionOf(
    { unit: 'integer', format: 'integer', start: '0' },
    { type: 'numeric' },
  );
  const window: [string, string] = ['9007199254740993', '90071992547409930'];

  const cursors = [
    '9007199254740992',
    '9007199254740993',
    '90071992547409931',
    10 ** 16,
    '1.5',
    -1,
  ];
  expect(await map(definition, cursors, window)).toMatchObject({ outside: 4, loaded: 6 });
});

test('a date is inside while a part of its day is', async () => {
  const definition = definitionOf({ format: 'date' }, { type: 'date' });

  const days = ['2024-04-30', '2024-05-01', '2024-05-02'];
  expect(await map(definition, days, day)).toMatchObject({ outside: 2, loaded: 3 });
});

test('epochs are compared as instants', async () => {
  const definition = definitionOf(
    { format: 'epoch-s' },
    { type: 'timestamptz', format: 'epoch-s' },
  );
  const at = Date.parse('2024-05-01T10:30:00Z') / 1_000;

  expect(await map(definition, [at, at - 86_400], day)).toMatchObject({ outside: 1, loaded: 2 });
});

test('what lies outside is rejected where the definition says so, and counted', async () => {
  const definition = definitionOf({ outOfRange: 'reject' });

  const cursors = ['2024-05-01T10:30:00Z', '2024-05-02T00:00:00Z', null];
  expect(await map(definition, cursors, day)).toEqual({
    outside: 1,
    loaded: 2,
    rejected: [[1, 'CURSOR_OUT_OF_RANGE']],
  });
});

test.each([
  [undefined, []],
  ['include', []],
  ['skip', []],
  ['reject', [[1, 'RECORD_INVALID']]],
  ['quarantine', [[1, 'CURSOR_NULL']]],
])('a record without a cursor, where nulls is %s', async (nulls, rejected) => {
  const cursors = ['2024-05-01T10:30:00Z', null];

  expect(await map(definitionOf(nulls === undefined ? {} : { nulls }), cursors)).toMatchObject({
    loaded: 2 - rejected.length,
    rejected,
  });
});
