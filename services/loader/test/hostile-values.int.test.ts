import { compileMapping, compileTextMapping, Definition } from '@tidemark/collector-sdk';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyIn } from '../src/upsert/copy-in.ts';

let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 2 });
});

afterAll(async () => database.drop());

const texts = Definition.parse({
  name: 'texts',
  source: { name: 'texts', baseUrl: 'https://texts.example' },
  request: { path: '/' },
  incremental: { kind: 'full' },
  target: {
    kind: 'table',
    table: 'texts',
    key: ['id'],
    fields: {
      id: { type: 'bigint' },
      plain: { type: 'text' },
      list: { type: 'text[]' },
      whole: { type: 'jsonb' },
    },
  },
});

const hostile: readonly string[] = [
  '',
  '\\N',
  '\\.',
  '\\',
  '\\\\N',
  'a\tb\nc\rd\be\ff\vg',
  '\\t\\n\\x41\\101',
  '\u0000',
  'a\u0000b',
  "'; drop table texts; --",
  '{"a",b,NULL}',
  'NULL',
  '"',
  '\u2028\u2029\u0085\u00a0',
  '🦊 ﷽ é',
];

/** Any UTF-16; halves of pairs are no characters, and no text of PostgreSQL can hold them. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes).toWellFormed());
const text = fc.oneof(fc.constantFrom(...hostile), anyText);
const record = fc.record({
  plain: text,
  list: fc.array(text, { maxLength: 4 }),
  whole: fc.dictionary(text, fc.oneof(text, fc.integer())),
});

/** U+0000 is the one character that PostgreSQL's text does not have. */
const stored = (value: string): string => value.replaceAll('\u0000', '');

test('what COPY is given of a text, PostgreSQL gives back', async () => {
  await pool.query('create table texts (id bigint, plain text, list text[], whole jsonb)');
  const [records = []] = fc.sample(fc.array(record, { minLength: 1_500, maxLength: 1_500 }), {
    numRuns: 1,
    seed: 20_265,
  });
  const numbered = records.map((each, id) => ({ id, ...each, whole: Object.entries(each.whole) }));
  const json = Buffer.from(JSON.stringify(numbered));
  // A text without an escape is copied as it stands, any other is converted: both ways have to say the same.
  const asTexts = await compileTextMapping(texts)?.(json);
  const asRecords = await compileMapping(texts, {})(JSON.parse(json.toString()) as unknown[]);
  expect([asTexts?.records, asRecords.records]).toEqual([1_500, 1_500]);

  for (const mapped of [asTexts, asRecords]) {
    const client = await pool.connect();
    await client.query('truncate texts');
    const lines = Buffer.from(mapped?.copyText ?? '');
    await copyIn(client, 'copy texts (id, plain, list, whole) from stdin', lines);
    client.release();
    const { rows } = await pool.query('select id::int, plain, list, whole from texts order by id');
    expect(rows).toEqual(
      numbered.map(({ id, plain, list, whole }) => ({
        id,
        plain: stored(plain),
        list: list.map(stored),
        whole: whole.map(([name, value]) => [
          stored(name),
          typeof value === 'string' ? stored(value) : value,
        ]),
      })),
    );
  }
});
