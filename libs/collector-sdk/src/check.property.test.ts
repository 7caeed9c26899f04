import { TerminalError } from '@tidemark/runtime';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { checkDefinition } from './check.ts';
import type { Definition, DefinitionInput } from './definition/definition.ts';
import { isHttp, isSql } from './definition/definition.ts';
import { planRun } from './incremental/plan-run.ts';
import { readYamlDefinition } from './load-yaml.ts';
import { compileMapping } from './mapping/map-records.ts';
import { compileTextMapping } from './mapping/map-texts.ts';
import { compileQuery } from './postgres/compiled-query.ts';
import { compileRequest } from './request/build-request.ts';
import { revisionOf } from './revision.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const target: Extract<DefinitionInput['target'], { kind: 'table' }> = {
  kind: 'table',
  table: 'things_{shop}',
  key: ['id'],
  version: 'at',
  fields: {
    id: { type: 'bigint' },
    at: { type: 'timestamptz', path: 'meta.at', required: true },
    tags: { type: 'text[]' },
    day: { type: 'date', format: 'dd/MM/yyyy', default: '01/01/2000' },
  },
  quality: 'score',
  contract: { columns: 'evolve', types: 'evolve' },
};

/** Good definitions that have every section between them. */
const good: readonly DefinitionInput[] = [
  {
    name: 'things',
    source: {
      name: 'shop',
      baseUrl: 'https://shop.example/api',
      rate: { requests: 5, per: '1s', burst: 2, entity: 'things', maxWait: '1h' },
      auth: { kind: 'oauth2', tokenUrl: 'https://auth.example/t', clientId: 'c', secret: 'S' },
    },
    partitions: [{ shop: 'a' }, { shop: 'b' }],
    request: {
      path: '/{shop}/things',
      query: { day: '{today}' },
      headers: { 'x-shop': '{shop}' },
      records: 'data',
      attach: { total: { at: 'total' }, shop: { partition: 'shop' } },
      errorAt: 'error',
      answers: [
        { status: 404, action: 'ignore' },
        { at: 'code', value: 5, action: 'retry' },
      ],
    },
    paginate: { kind: 'page', size: { param: 'n', value: 10 }, totalPages: 'pages', width: 4 },
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      to: 'until',
      start: '2024-01-01',
      zone: 'Europe/Berlin',
      format: 'iso-local',
      lookback: '1d',
      settle: '5m',
      size: '30d',
      split: { axis: 'cursor', when: { status: 413, body: 'many' } },
    },
    transform: { rules: [{ rule: 'notNull', field: 'id' }] },
    target,
    limits: { concurrency: 2, maxRejects: 0.1 },
    schedule: { cron: '*/5 * * * *', zone: 'America/Sao_Paulo' },
  },
  {
    name: 'years',
    source: { name: 'years', baseUrl: 'http://127.0.0.1:1' },
    request: {
      path: '/y',
      query: { from: '{first_day}', to: '{last_day}' },
      decoder: { kind: 'csv' },
    },
    paginate: { kind: 'link' },
    incremental: { kind: 'periods', unit: 'year', from: '2000', zone: 'UTC' } as never,
    target: { kind: 'raw', table: 'years', referenceDate: 'day', volatile: ['now'] },
  },
  {
    name: 'rows',
    source: { kind: 'postgres', name: 'db', secret: 'DB', tls: 'verify' },
    partitions: [{ client: 1 }],
    request: { kind: 'sql', sql: 'select * from t where client = {client}', zone: 'UTC' },
    incremental: { kind: 'cursor', field: 'at', start: '2024-01-01', tie: 'id' },
    target: {
      ...target,
      table: 'rows',
      fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
      quality: undefined,
      contract: undefined,
    } as never,
  },
  {
    name: 'all',
    source: {
      name: 'all',
      baseUrl: 'https://all.example',
      auth: { kind: 'tokens', secrets: ['A', 'B'] },
    },
    request: { path: '/all' },
    paginate: { kind: 'offset', param: 'offset', size: { param: 'n', value: 5 } },
    incremental: { kind: 'snapshot' },
    target: { kind: 'table', table: 'all_rows', key: ['id'], fields: { id: { type: 'uuid' } } },
  },
];

/** Whatever may stand in a file that somebody writes. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    1e300,
    2 ** 53,
    true,
    [],
    {},
    [null],
    '{',
    '{}',
    '{x',
    '{+shop}',
    '{shop*}',
    '$',
    '..',
    'a..b',
    '__proto__',
    'constructor',
    'file:///etc/passwd',
    'http://',
    'https://a b/',
    'https://[::1',
    '999999999d',
    '0s',
    'Mars/Base',
    '9999-99-99',
    '0001-01-01',
    '-1',
    '* * * * * * *',
    '59 23 31 2 *',
    'select 1; drop table x',
    'select {a} /* {b} -- $x$ {c}',
    'cursor',
    'table',
    'x'.repeat(300),
    'é'.repeat(70),
    '\u0000',
    '\ud800',
    'ſ',
  ),
  fc.jsonValue({ maxDepth: 2 }),
  anyText,
);

interface Change {
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'add' | 'swap';
  readonly name: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'swap'),
  name: fc.oneof(fc.constantFrom('kind', 'zone', 'size', 'from', 'path', '__proto__'), fc.string()),
  value: strange,
});

function changed(definition: DefinitionInput, changes: readonly Change[]): unknown {
  const copy: unknown = structuredClone(definition);
  for (const { place, how, name, value } of changes) {
    const places = placesIn(copy);
    const at = places[place % places.length];
    const other = places[(place * 7 + 1) % places.length];
    if (!at || !other) continue;
    if (how === 'remove') delete at.in[at.key];
    else if (how === 'add') at.in[name] = value;
    else at.in[at.key] = how === 'swap' ? structuredClone(other.in[other.key]) : value;
  }
  return copy;
}

interface Place {
  readonly in: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  return Object.keys(object).flatMap((key) => [{ in: object, key }, ...placesIn(object[key])]);
}

/** Does what the services do with a definition before a message comes; only a refusal in words may come of it. */
function use(definition: Definition): void {
  try {
    revisionOf(definition);
    compileTextMapping(definition);
    if (definition.transform?.function === undefined) compileMapping(definition, {});
    if (isHttp(definition)) compileRequest(definition);
    if (isSql(definition)) compileQuery(definition);
    planRun({
      definition,
      request: { mode: 'incremental' },
      states: new Map(),
      nowUs: '1767225600000000',
      isTargetEmpty: true,
    });
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
  }
}

const mutated = fc
  .tuple(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([definition, changes]) => changed(definition, changes));

test('the definitions to begin with are good', () => {
  for (const definition of good) {
    const checked = checkDefinition(definition, []);
    expect('mistakes' in checked ? checked.mistakes : []).toEqual([]);
  }
});

test('a changed definition can be used, or has mistakes with their paths', () => {
  fc.assert(
    fc.property(mutated, (value) => {
      const checked = checkDefinition(value, []);
      if ('definition' in checked) return use(checked.definition);
      expect(checked.mistakes.length).toBeGreaterThan(0);
      for (const { path, message } of checked.mistakes) {
        expect([typeof path, message.length > 0]).toEqual(['string', true]);
      }
    }),
    { numRuns: Number(process.env['TIDEMARK_TEST_RUNS'] ?? 300) },
  );
}, 60_000);

test('one setting of the wrong form makes no mistake anywhere else', () => {
  for (const definition of good) {
    for (const [index, path] of pathsIn(definition).entries()) {
      const value: unknown = structuredClone(definition);
      const place = placesIn(value)[index];
      // No setting is a list in a list of nothing.
      if (place) place.in[place.key] = [[null]];

      const checked = checkDefinition(value, []);

      const told = 'mistakes' in checked ? checked.mistakes.map((mistake) => mistake.path) : [];
      expect(told.length, path).toBeGreaterThan(0);
      expect(told.filter((each) => !isWithin(each, path))).toEqual([]);
    }
  }
}, 60_000);

const isWithin = (path: string, other: string): boolean =>
  `${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`);

/** Where the places of a definition are, in the order of `placesIn`. */
function pathsIn(value: unknown, at: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [...at, key].join('.'),
    ...pathsIn(member, [...at, key]),
  ]);
}

test('any value at all is a definition or has mistakes', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const checked = checkDefinition(value, []);
      expect('mistakes' in checked && checked.mistakes.length > 0).toBe(true);
    }),
  );
});

test('any file is a value or has mistakes', () => {
  const file = fc.oneof(
    anyText,
    fc
      .array(
        fc.constantFrom(
          'a',
          ': ',
          '- ',
          '\n',
          '  ',
          '&a ',
          '*a',
          '{',
          '}',
          '[',
          '"',
          '!!binary ',
          '<<',
          '%',
          '|',
          '#',
        ),
      )
      .map((pieces) => pieces.join('')),
    fc
      .tuple(mutated, fc.nat(), fc.constantFrom('', '\t', '*x', '{', '"', '&', 'extends: things\n'))
      .map(([value, at, piece]) => {
        const text = stringify(value, { aliasDuplicateObjects: false });
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place);
      }),
  );
  const builtIns = good.flatMap((definition) => {
    const checked = checkDefinition(definition, []);
    return 'definition' in checked ? [checked.definition] : [];
  });
  fc.assert(
    fc.property(file, (text) => {
      const reading = readYamlDefinition(text, builtIns);
      if ('mistakes' in reading) {
        expect(reading.mistakes.length).toBeGreaterThan(0);
        return;
      }
      const checked = checkDefinition(reading.value, []);
      if ('definition' in checked) use(checked.definition);
    }),
    { numRuns: Number(process.env['TIDEMARK_TEST_RUNS'] ?? 100) },
  );
}, 60_000);
