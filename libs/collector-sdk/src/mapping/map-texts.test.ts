import { parseExact } from '../answer/parse-exact.ts';
import { Definition, type DefinitionInput } from '../definition/definition.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileMapping } from './map-records.ts';
import { compileTextMapping } from './map-texts.ts';

const fields: Extract<DefinitionInput['target'], { kind: 'table' }>['fields'] = {
  id: { type: 'bigint' },
  name: { type: 'text', required: true },
  tier: { type: 'text', default: 'no\tne' },
  score: { type: 'numeric' },
  ok: { type: 'boolean' },
  at: { type: 'timestamptz' },
  made: { type: 'timestamptz', format: 'epoch-ms' },
  day: { type: 'date' },
  tags: { type: 'text[]' },
  extra: { type: 'jsonb' },
};

function definitionOf(changes: object = {}): Definition {
  return Definition.parse({
    name: 'people',
    source: { name: 'crm', baseUrl: 'https://crm.example' },
    request: { path: '/people' },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 'people', key: ['id'], fields },
    ...changes,
  });
}

/** Both spellings of the same values: numbers without zeros at the end, booleans as one letter. */
function comparable(copyText: string): string[][] {
  const columns = Object.values(fields).map(({ type }) => type);
  return copyText.split('\n').map((line) =>
    line.split('\t').map((field, place) => {
      if (columns[place] === 'boolean') return field.slice(0, 1);
      if (columns[place] !== 'numeric' || !/^-?\d+(\.\d+)?$/.test(field)) return field;
      const shortest = field.includes('.') ? field.replace(/\.?0+$/, '') : field;
      return shortest === '-0' ? '0' : shortest;
    }),
  );
}

async function bothWays(text: string) {
  const definition = definitionOf();
  const parsed = parseExact(text) as unknown[];
  const byText = await compileTextMapping(definition)?.(Buffer.from(text));
  const byValue = await compileMapping(definition, {})(parsed);
  return { byText, byValue };
}

async function expectSame(text: string): Promise<void> {
  const { byText, byValue } = await bothWays(text);
  expect(comparable(byText?.copyText.toString() ?? 'nothing')).toEqual(
    // As it travels: UTF-8 has no halves of surrogate pairs.
    comparable(Buffer.from(byValue.copyText).toString()),
  );
  expect(byText?.records).toBe(byValue.records);
  expect(byText?.rejects).toEqual(byValue.rejects);
}

const texts = [
  '"a"',
  '""',
  '"a\\tb"',
  '"\\u0000x"',
  '"\\\\N"',
  '"ü€😀"',
  '"NaN"',
  '" 7 "',
  '"\\ud800"',
];
const numbers = ['0', '-0', '7', '-12', '1.50', '-0.0', '0.000', '1e3', '1E400', '0.1', '3.0'];
const long = ['9223372036854775807', '9223372036854775808', '12345678901234567890.1234567890'];
const instants = [
  '"2024-01-31T12:00:00Z"',
  '"2024-02-28 23:59:59.123456Z"',
  '"2024-02-30T00:00:00Z"',
];
const others = [
  'true',
  'false',
  'null',
  '"yes"',
  '{"a":[1.0]}',
  '[]',
  '["a",null,"b\\"c"]',
  '[{}]',
];
const dates = ['"2024-01-31"', '1700000000000', '"2024-01-31T12:00:00+02:00"', '"-infinity"'];
const value = fc.constantFrom(...texts, ...numbers, ...long, ...instants, ...others, ...dates);
const names = [...Object.keys(fields), 'other', 'na\\u006de', 'constructor', '__proto__', 'id2'];
const member = fc.tuple(fc.constantFrom(...names), value, fc.constantFrom('', ' ', '\n'));
const object = fc
  .array(member, { maxLength: 14 })
  .map(
    (members) =>
      `{${members.map(([name, text, gap]) => `"${name}"${gap}:${gap}${text}`).join(',')}}`,
  );
const likely = fc.record({ id: fc.nat(), name: fc.string(), score: fc.double(), ok: fc.boolean() });

test('any records have the same rows and rejects as when they are parsed', async () => {
  const record = fc.oneof(
    object,
    likely.map((each) => JSON.stringify(each)),
    value,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) =>
      expectSame(`[${records.join(' , ')}]`),
    ),
    { numRuns: 1_500 },
  );
});

test.each([...texts, ...numbers, ...long, ...instants, ...others, ...dates])(
  '%s becomes the same in every column as when it is parsed',
  async (text) => {
    const records = Object.keys(fields).map((name) =>
      name === 'name' ? `{"id":1,"name":${text}}` : `{"id":1,"name":"x","${name}":${text}}`,
    );

    await expectSame(`[${records.join(',')}]`);
  },
);

test('digits are kept as the source wrote them', async () => {
  const { byText } = await bothWays('[{"id":1,"name":"x","score":12345678901234567.10}]');

  expect(byText?.copyText.toString().split('\t')[3]).toBe('12345678901234567.10');
});

test('long texts and many records make the text grow', async () => {
  const records = Array.from({ length: 300 }, (_, id) => ({ id, name: '\t€'.repeat(id) }));

  await expectSame(JSON.stringify(records));
});

test.each([
  '',
  '{}',
  '[1',
  '[{"id":1}',
  '[{"id":1}] x',
  '[{"id":1},]',
  '[{"id" 1}]',
  '[{"id":01}]',
])('%j is left to the parser', async (text) => {
  expect(await compileTextMapping(definitionOf())?.(Buffer.from(text))).toBeUndefined();
});

test('definitions that look into values, or have a function, parse their records', () => {
  const nested = {
    kind: 'table',
    table: 't',
    key: ['id'],
    fields: { id: { type: 'text', path: 'a.b' } },
  };

  expect(compileTextMapping(definitionOf({ target: nested }))).toBeUndefined();
  expect(compileTextMapping(definitionOf({ target: { kind: 'raw', table: 't' } }))).toBeUndefined();
  expect(compileTextMapping(definitionOf({ transform: { function: 'f' } }))).toBeUndefined();
});
