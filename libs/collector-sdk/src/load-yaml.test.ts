import { expect, test } from 'vitest';
import { checkDefinition } from './check.ts';
import { defineCollector } from './define.ts';
import { readYamlDefinition } from './load-yaml.ts';

const builtIn = defineCollector({
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org', rate: { requests: 1, per: '1s' } },
  partitions: [{ a: 1 }, { a: 2 }],
  request: { path: '/things' },
  paginate: { kind: 'page', width: 4, totalPages: 'pages' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'things' },
});

function valueOf(text: string): unknown {
  const reading = readYamlDefinition(text, [builtIn]);
  if ('mistakes' in reading) throw new Error(JSON.stringify(reading.mistakes));
  return reading.value;
}

test('a file that extends a built-in changes only what it names', () => {
  const value = valueOf(`
extends: things
source: { baseUrl: 'http://127.0.0.1:9000' }
partitions: [{ a: 3 }]
`);

  const checked = checkDefinition(value, []);
  expect(checked).toEqual({
    definition: {
      ...builtIn,
      source: { ...builtIn.source, baseUrl: 'http://127.0.0.1:9000' },
      partitions: [{ a: 3 }],
    },
  });
});

test('null takes a setting away, and another kind replaces the whole object', () => {
  const value = valueOf('extends: things\nsource: { rate: null }\npaginate: { kind: none }');

  expect(value).toMatchObject({ paginate: { kind: 'none' } });
  expect(JSON.stringify(value)).not.toMatch(/rate|width/);
});

test('partitions are replaced as a whole, since they may come from several places', () => {
  const base = { ...builtIn, partitions: { product: { a: [1] }, newestFirst: true } };
  const partitionsOf = (yaml: string): unknown => {
    const reading = readYamlDefinition(`extends: things\n${yaml}`, [
      base as unknown as typeof builtIn,
    ]);
    return 'value' in reading ? Object(reading.value).partitions : reading;
  };

  expect(partitionsOf('partitions: { query: select 1, keys: [a], product: null }')).toEqual({
    query: 'select 1',
    keys: ['a'],
  });
  expect(partitionsOf('partitions: [{ a: 2 }]')).toEqual([{ a: 2 }]);
  expect(partitionsOf('description: as it was')).toEqual(base.partitions);
});

test('a built-in is not changed by those who extend it', () => {
  const before = JSON.stringify(builtIn);

  valueOf('extends: things\nsource: { name: other, rate: null }');

  expect(JSON.stringify(builtIn)).toBe(before);
});

test.each([
  ['name: [unclosed', /is not YAML/],
  ['extends: nothing', /no built-in collector "nothing"; there are: things/],
  ['just text', /is an object/],
  ['', /is an object/],
  ['a: 1\na: 2', /is not YAML/],
])('%j is told to be wrong', (text, message) => {
  const reading = readYamlDefinition(text, [builtIn]);

  expect(reading).toMatchObject({ mistakes: [{ message: expect.stringMatching(message) }] });
});
