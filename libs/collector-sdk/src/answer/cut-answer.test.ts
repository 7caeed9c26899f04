import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpDefinition } from '../definition/definition.ts';
import { cutAnswer } from './cut-answer.ts';
import { cutParts, MAX_RECORD_BYTES } from './cut-parts.ts';
import { readPage } from './read-page.ts';

function definitionOf(records: string, changes: object = {}): HttpDefinition {
  return HttpDefinition.parse({
    name: 'orders',
    source: { name: 'orders', baseUrl: 'http://127.0.0.1' },
    request: { path: '/x', records, errorAt: 'error' },
    paginate: { kind: 'page', totalPages: 'pages' },
    incremental: { kind: 'full' },
    target: { kind: 'raw', table: 't' },
    ...changes,
  });
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test.each(['data', '$', 'a.data', '1', 'a.1.data'])(
  'records at %s are cut as they came',
  (path) => {
    const records = '[ {"n":1.50,"big":12345678901234567890} ,\n{"t":"a\\u00e9]"}]';
    const around = {
      data: `{"pages":3,"data":${records}}`,
      $: records,
      'a.data': `{"a":{"x":[{}],"data":${records}},"pages":3}`,
      '1': `[{"pages":3},${records}]`,
      'a.1.data': `{"a":[[],{"data":${records}}],"pages":3}`,
    };
    const plain = path === '$' ? { paginate: { kind: 'none' } } : {};
    const definition = definitionOf(path, { ...plain, request: { path: '/x', records: path } });

    const cut = cutAnswer(definition, Buffer.from(around[path as keyof typeof around]));

    expect(cut?.recordCount).toBe(2);
    expect(cut?.parts.map((part) => textOf(part.records))).toEqual([records]);
  },
);

test('what stands around the records is there for paging', () => {
  const cut = cutAnswer(
    definitionOf('data'),
    Buffer.from('{"data":[{"id":1}],"pages":12345678901234567890}'),
  );

  expect(JSON.stringify(cut?.answer)).toBe('{"data":[],"pages":12345678901234567890}');
});

test.each([
  ['no JSON', '{"data":[{"a":NaN}]}'],
  ['JSON that ends early', '{"data":[{"a":1}'],
  ['something behind the end', '{"data":[{"a":1}]} x'],
  ['no array', '{"data":{"a":1}}'],
  ['null', '{"data":null}'],
  ['nothing at the path', '{"other":[]}'],
  ['an element that is no object', '{"data":[{"a":1},7]}'],
  ['a name that stands twice', '{"data":[{"a":1}],"data":[]}'],
  ['a name with an escape', '{"d\\u0061ta":[]}'],
  ['an error', '{"error":"no","data":[]}'],
  ['more around the records than fits the memory', `{"data":[],"x":[${'{},'.repeat(200_000)}{}]}`],
  ['a record that may not travel', `{"data":[{"a":"${'x'.repeat(MAX_RECORD_BYTES)}"}]}`],
])('%s is left to the parser', (_, text) => {
  expect(cutAnswer(definitionOf('data'), Buffer.from(text))).toBeUndefined();
});

test('the last record is read where pages follow it, digits and all', () => {
  const text = '{"data":[{"id":1},{"id":12345678901234567890,"at":"[x]"} ],"pages":1}';
  const keyset = { paginate: { kind: 'keyset', after: { after_id: 'id' } } };

  const cut = cutAnswer(definitionOf('data', keyset), Buffer.from(text));
  const empty = cutAnswer(definitionOf('data', keyset), Buffer.from('{"data":[]}'));

  expect(JSON.stringify(cut?.lastRecord)).toBe('{"id":12345678901234567890,"at":"[x]"}');
  expect([empty?.recordCount, empty?.lastRecord]).toEqual([0, undefined]);
  expect(cutAnswer(definitionOf('data'), Buffer.from(text))?.lastRecord).toBeUndefined();
});

test('paths that lead among the records are left to the parser', () => {
  const inside = { paginate: { kind: 'cursor', param: 'c', next: 'data.0.id' } };

  expect(
    cutAnswer(definitionOf('data', inside), Buffer.from('{"data":[{"id":1}]}')),
  ).toBeUndefined();
});

test('cut and parsed answers have the same parts', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  const padded = fc.record({ pad: fc.constantFrom('', 'ü'.repeat(150_000)), record });
  fc.assert(
    fc.property(fc.array(padded, { maxLength: 12 }), fc.jsonValue(), (records, other) => {
      const definition = definitionOf('data');
      const text = JSON.stringify({ other, data: records, pages: 7 });
      const cut = cutAnswer(definition, Buffer.from(text));
      const read = readPage(definition, text);
      const parts = 'page' in read ? cutParts(read.page.records) : [];

      expect(cut?.parts.map((part) => textOf(part.records))).toEqual(
        parts.map((part) => part.records),
      );
      expect(cut?.parts.map((part) => part.recordCount)).toEqual(
        parts.map((part) => part.recordCount),
      );
    }),
    { numRuns: 100 },
  );
}, 60_000);

test.each([
  [0, [0]],
  [2_000, [2_000]],
  [4_001, [2_000, 2_000, 1]],
])('%i records become parts of %j', (count, expected) => {
  const data = Array.from({ length: count }, (_, id) => ({ id }));

  const cut = cutAnswer(definitionOf('data'), Buffer.from(JSON.stringify({ data })));

  expect(cut?.parts.map((part) => part.recordCount)).toEqual(expected);
  expect(cut?.parts.flatMap((part) => JSON.parse(textOf(part.records)) as unknown[])).toEqual(data);
});
