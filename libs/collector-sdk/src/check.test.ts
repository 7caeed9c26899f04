import { describe, expect, test } from 'vitest';
import { checkDefinition } from './check.ts';
import { defineCollector } from './define.ts';
import type { DefinitionInput } from './definition/definition.ts';
import { revisionOf } from './revision.ts';

const good = {
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/things' },
  incremental: { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01' },
  target: {
    kind: 'table',
    table: 'things',
    key: ['id'],
    fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
  },
} satisfies DefinitionInput;

const paths = (value: unknown, functions: string[] = []): string[] => {
  const checked = checkDefinition(value, functions);
  return 'mistakes' in checked ? checked.mistakes.map(({ path }) => path) : [];
};

test('a good definition gets its defaults', () => {
  const checked = checkDefinition(good, []);

  expect(checked).toMatchObject({
    definition: { overlap: 'queue', partitions: [{}], limits: { concurrency: 4 } },
  });
});

test('every mistake is reported at once, of form and of sense, each with its path', () => {
  const value = {
    ...good,
    source: { name: 'src', baseUrl: 'not a url', rate: { requests: 0, per: '1s' } },
    incremental: { ...good.incremental, start: 'long ago', field: 'nothing' },
    target: { ...good.target, key: ['id', 'no_such'], colour: 'blue' },
    schedule: { cron: '61 * * * *', zone: 'Mars/Olympus' },
    transform: { function: 'unknown' },
    surprise: true,
  };

  expect(paths(value).toSorted()).toEqual(
    [
      'incremental.field',
      'incremental.start',
      'schedule.cron',
      'schedule.zone',
      'source.baseUrl',
      'source.rate.requests',
      'surprise',
      'target.colour',
      'target.key.1',
      'transform.function',
    ].toSorted(),
  );
});

describe('what does not fit together', () => {
  test.each<[string, object, string]>([
    [
      'a cursor field that the target does not have',
      { incremental: { ...good.incremental, field: 'x' } },
      'incremental.field',
    ],
    [
      'a cursor field of another type',
      { incremental: { ...good.incremental, field: 'id' } },
      'target.fields.id.type',
    ],
    [
      'an integer format for a time',
      { incremental: { ...good.incremental, format: 'integer' } },
      'incremental.format',
    ],
    ['a key that is not a field', { target: { ...good.target, key: ['no'] } }, 'target.key.0'],
    [
      'a version that is not a field',
      { target: { ...good.target, version: 'no' } },
      'target.version',
    ],
    [
      'a field that every target has',
      { target: { ...good.target, fields: { ...good.target.fields, _run_id: { type: 'uuid' } } } },
      'target.fields._run_id',
    ],
    [
      'a target among our own tables',
      { target: { ...good.target, schema: 'tidemark' } },
      'target.schema',
    ],
    [
      'two partitions that are the same',
      {
        partitions: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      'partitions.1',
    ],
    ['partitions with other keys', { partitions: [{ a: 1 }, { b: 2 }] }, 'partitions.1'],
    [
      'pages side by side without a total',
      { paginate: { kind: 'page', width: 4 } },
      'paginate.width',
    ],
    [
      'a secret in the base URL',
      { source: { name: 'src', baseUrl: 'https://me:pass@example.org' } },
      'source.baseUrl',
    ],
    [
      'periods upside down',
      { incremental: { kind: 'periods', unit: 'year', from: '2024', to: '2020' } },
      'incremental.to',
    ],
    [
      'a month where years are',
      { incremental: { kind: 'periods', unit: 'year', from: '2024-01' } },
      'incremental.from',
    ],
  ])('%s', (_what, change, path) => {
    expect(paths({ ...good, ...change })).toEqual([path]);
  });

  test('a setting that there is not hides nothing else, however deep or in a list it is', () => {
    const value = {
      ...good,
      paginate: { kind: 'page', size: { param: 'n', value: 10, unit: 'rows' } },
      request: { path: '/{nowhere}', answers: [{ status: 404, action: 'split', because: 'x' }] },
    };

    expect(paths(value).toSorted()).toEqual([
      'paginate.size.unit',
      'request.answers.0.action',
      'request.answers.0.because',
      'request.path',
    ]);
  });

  test.each<[string, object, string[]]>([
    [
      'a time',
      { incremental: { ...good.incremental, start: 5, lookback: 3, settle: 'soon', size: '0s' } },
      [
        'incremental.lookback',
        'incremental.settle',
        'incremental.size',
        'incremental.size',
        'incremental.start',
      ],
    ],
    [
      'a name',
      {
        target: { ...good.target, table: 5, key: ['id', 'no'], version: 'nor', schema: 'tidemark' },
      },
      ['target.key.1', 'target.schema', 'target.table', 'target.version'],
    ],
    [
      'the type of one field',
      {
        target: {
          ...good.target,
          version: 'none',
          fields: {
            ...good.target.fields,
            id: { type: 'big' },
            day: { type: 'text', format: 'dd/MM/yyyy' },
            _run_id: { type: 'uuid' },
          },
        },
      },
      [
        'target.fields._run_id',
        'target.fields.day.format',
        'target.fields.id.type',
        'target.version',
      ],
    ],
    [
      'a number',
      {
        paginate: { kind: 'page', start: '1', width: 4, drift: { by: 'total' }, maxDepth: {} },
      },
      ['paginate.drift', 'paginate.maxDepth', 'paginate.start', 'paginate.width'],
    ],
    [
      'one of several rules',
      {
        request: {
          path: '/{nowhere}',
          headers: { a: 5, b: '{nothing}' },
          answers: [{ status: '404', action: 'split' }, { action: 'ignore' }, 'ignore'],
        },
      },
      [
        'request.answers.0.action',
        'request.answers.0.status',
        'request.answers.1',
        'request.answers.2',
        'request.headers.a',
        'request.headers.b',
        'request.path',
      ],
    ],
    [
      'a length of time',
      {
        source: {
          ...good.source,
          timeout: 'long',
          baseUrl: 'https://me:pass@example.org?x',
          rate: { per: '0s', maxWait: '0s', reserve: 2, entity: '{nobody}' },
          auth: { kind: 'tokens', secrets: ['A', 'A', 'b'], in: 'header' },
        },
      },
      [
        'source.auth.name',
        'source.auth.secrets.2',
        'source.baseUrl',
        'source.baseUrl',
        'source.rate.entity',
        'source.rate.maxWait',
        'source.rate.per',
        'source.rate.requests',
        'source.rate.reserve',
        'source.timeout',
      ],
    ],
    [
      'a value in a list',
      { partitions: [{ a: 1 }, { b: 2 }, 'c'] },
      ['partitions.1', 'partitions.2'],
    ],
    [
      'a setting of partitions',
      { partitions: { query: 'select 1', minItems: 'few', priority: 'p', where: {} } },
      ['partitions.minItems', 'partitions.query', 'partitions.where'],
    ],
    [
      'a setting of the schedule',
      { schedule: { cron: 5, zone: 'Mars/Olympus' } },
      ['schedule.cron', 'schedule.zone'],
    ],
  ])('%s of the wrong form hides nothing beside it', (_what, change, expected) => {
    expect(paths({ ...good, ...change }).toSorted()).toEqual(expected);
  });

  test('what a setting of the wrong form would have to say is not guessed', () => {
    const { fields } = good.target;

    expect(paths({ ...good, incremental: { ...good.incremental, field: 5 } })).toEqual([
      'incremental.field',
    ]);
    expect(paths({ ...good, target: { ...good.target, fields: { ...fields, at: 5 } } })).toEqual([
      'target.fields.at',
    ]);
    expect(
      paths({ ...good, partitions: [], request: { path: '/{a}' }, target: { kind: 'tabel' } }),
    ).toEqual(['partitions', 'target.kind']);
  });

  test.each([null, 42, 'text', [], {}])('%j is not a definition, and says so', (value) => {
    expect(paths(value).length).toBeGreaterThan(0);
  });
});

test('a function of the registry may be named', () => {
  expect(paths({ ...good, transform: { function: 'flatten' } }, ['flatten'])).toEqual([]);
});

test('defining a collector with mistakes throws all of them', () => {
  const bad = { ...good, target: { ...good.target, key: ['no'], version: 'nor' } };

  expect(() => defineCollector(bad as never)).toThrow(/target\.key\.0.*target\.version/);
});

test('a revision names the data, not the order in which it was written', () => {
  const { name, ...rest } = good;
  const one = revisionOf(defineCollector(good));

  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(revisionOf(defineCollector({ ...rest, name }))).toBe(one);
  expect(revisionOf(defineCollector({ ...good, description: 'other' }))).not.toBe(one);
});
