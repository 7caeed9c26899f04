import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';
import { Definition } from '../definition/definition.ts';
import { compileMapping } from './map-records.ts';
import { compileTextMapping } from './map-texts.ts';

function inputOf(transform: object, target: object = {}) {
  return {
    name: 'people',
    source: { name: 'crm', baseUrl: 'https://crm.example' },
    request: { path: '/people' },
    incremental: { kind: 'full' },
    transform,
    target: {
      kind: 'table',
      table: 'people',
      key: ['id'],
      fields: { id: { type: 'bigint' }, name: { path: 'who.name', type: 'text' } },
      ...target,
    },
  };
}

async function map(transform: object, records: readonly unknown[], target: object = {}) {
  const definition = Definition.parse(inputOf(transform, target));
  expect(compileTextMapping(definition)).toBeUndefined();
  const { copyText, rejects } = await compileMapping(definition, {
    upper: (record) => ({ ...record, name: String(record['name']).toUpperCase() }),
  })(records);
  const lines = copyText.split('\n').slice(0, -1);
  return { lines, rejects: rejects.map(({ position, reason }) => [position, reason]) };
}

const value = { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'bigint' } } };
const instants = { min: '2024-01-01', max: '2024-12-31T23:59:59+03:00' };

test.each([
  [{ rule: 'notNull' }, [1, '', 'x', false, []], [null, undefined]],
  [{ rule: 'range', min: 1, max: 3 }, [1, 2.5, '3', null], [0, 4, 'x', '', [2]]],
  [{ rule: 'range', max: 0 }, [-1, 0], [0.1]],
  [{ rule: 'range', ...instants }, ['2024-01-01T00:00:00Z', '2024-12-31'], ['2025-01-01', 5, 'x']],
  [{ rule: 'regex', pattern: '^\\d{3}$' }, ['123', 123, null], ['1234', 'a', {}]],
  [{ rule: 'oneOf', values: ['a', 1, true] }, ['a', 1, '1', true, null], ['b', 2, {}]],
  [{ rule: 'length', min: 1, max: 2 }, ['a', '😀😀', [1], null], ['abc', [], [1, 2, 3]]],
])('%j takes these and rejects those', async (rule, good, bad) => {
  const records = [...good, ...bad].map((v, id) => ({ id, v }));

  const { lines, rejects } = await map({ rules: [{ path: 'v', ...rule }] }, records, value);

  expect(lines).toEqual(good.map((_, id) => String(id)));
  expect(rejects.map(([position]) => position)).toEqual(bad.map((_, id) => good.length + id));
});

test('a reject names the field, the rule and what it wants', async () => {
  const rules = [{ field: 'name', rule: 'length', max: 3 }];

  expect(await map({ rules }, [{ id: 1, who: { name: 'Ana María' } }])).toEqual({
    lines: [],
    rejects: [[0, 'name: does not pass the rule length (… to 3)']],
  });
});

test('an empty value that is no text is absent, an empty text is not', async () => {
  const rules = [
    { field: 'id', rule: 'notNull', severity: 'warn' },
    { field: 'name', rule: 'notNull', severity: 'warn' },
  ];
  const records = [{ id: 1, who: { name: '' } }];

  expect((await map({ rules }, records, { quality: 'score' })).lines).toEqual(['1\t\t100']);
});

test('the quality is the share of the weight of the rules that a record passes', async () => {
  const rules = [
    { field: 'name', rule: 'notNull', severity: 'warn', weight: 2 },
    { path: 'age', rule: 'range', min: 0, severity: 'warn' },
    { path: 'mail', rule: 'regex', pattern: '@' },
  ];
  const records = [
    { id: 1, who: { name: 'Ana' }, age: 3, mail: 'a@b' },
    { id: 2, age: -1, mail: 'a@b' },
    { id: 3, who: { name: 'Eva' }, age: -1 },
    { id: 4, mail: 'none' },
  ];

  const { lines, rejects } = await map({ rules }, records, { quality: 'score' });

  expect(lines).toEqual(['1\tAna\t100', '2\t\\N\t25', '3\tEva\t75']);
  expect(rejects).toEqual([[3, 'mail: does not pass the rule regex (@)']]);
});

const years = {
  key: ['id', 'year'],
  fields: { id: { type: 'bigint' }, year: { type: 'bigint' }, amount: { type: 'numeric' } },
};

test('members named like years become records of their own', async () => {
  const unpivot = { keys: '^\\d{4}$', key: 'year', value: 'amount' };
  const records = [
    { id: 1, '2019': 1.5, '2020': null, note: 'x' },
    { id: 2 },
    { id: 3, '1999': 'y' },
    7,
  ];

  expect(await map({ unpivot }, records, years)).toEqual({
    lines: ['1\t2019\t1.5', '1\t2020\t\\N'],
    rejects: [
      [2, 'amount: a text that is not a value of type numeric'],
      [3, 'the record: is no object that could be unpivoted'],
    ],
  });
});

test('the members may be in an object of the record, and null ones may be left out', async () => {
  const unpivot = { at: 'values', keys: '.', key: 'year', value: 'amount', nulls: 'skip' };
  const records = [{ id: 1, values: { 2019: 1, 2020: null } }, { id: 2 }, { id: 3, values: [] }];

  const { lines, rejects } = await map({ unpivot }, records, years);

  expect(lines).toEqual(['1\t2019\t1']);
  expect(rejects).toEqual([[2, 'values: is no object that could be unpivoted']]);
});

test('a function comes first, then records are made, then rules look at them', async () => {
  const transform = {
    function: 'upper',
    unpivot: { keys: '^q\\d$', key: 'quarter' },
    rules: [{ field: 'quarter', rule: 'oneOf', values: ['q1'] }],
  };
  const target = {
    key: ['name', 'quarter'],
    fields: { name: { type: 'text' }, quarter: { type: 'text' }, value: { type: 'bigint' } },
  };

  expect(await map(transform, [{ name: 'ana', q1: 5, q2: 6 }], target)).toEqual({
    lines: ['ANA\tq1\t5'],
    rejects: [[0, 'quarter: does not pass the rule oneOf (q1)']],
  });
});

test.each([
  ['rules.0', { rules: [{ rule: 'notNull' }] }, {}],
  ['rules.0', { rules: [{ rule: 'notNull', field: 'name', path: 'x' }] }, {}],
  ['rules.0.field', { rules: [{ rule: 'notNull', field: 'none' }] }, {}],
  ['rules.0.severity', { rules: [{ rule: 'notNull', path: 'x', severity: 'warn' }] }, {}],
  ['rules.0', { rules: [{ rule: 'range', path: 'x' }] }, {}],
  ['rules.0.max', { rules: [{ rule: 'length', path: 'x', min: 3, max: 2 }] }, {}],
  ['rules.0.min', { rules: [{ rule: 'range', path: 'x', min: 'many' }] }, {}],
  ['rules.0.pattern', { rules: [{ rule: 'regex', path: 'x', pattern: '(' }] }, {}],
  ['unpivot.keys', { unpivot: { keys: '[' } }, {}],
  ['function', { function: 'none' }, {}],
])('a mistake is told at transform.%s', (path, transform, target) => {
  const checked = checkDefinition(inputOf(transform, target), []);

  expect('mistakes' in checked && checked.mistakes.map((each) => each.path)).toEqual([
    `transform.${path}`,
  ]);
});

test.each([
  ['without rules', {}, 'quality'],
  ['named like a field', { rules: [{ rule: 'notNull', path: 'x' }] }, 'name'],
  ['named like a column that is there', { rules: [{ rule: 'notNull', path: 'x' }] }, '_run_id'],
])('a quality column %s is a mistake', (_what, transform, quality) => {
  const checked = checkDefinition(inputOf(transform, { quality }), []);

  expect('mistakes' in checked && checked.mistakes.map((each) => each.path)).toEqual([
    'target.quality',
  ]);
});
