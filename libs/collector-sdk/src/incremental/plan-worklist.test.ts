import { describe, expect, test } from 'vitest';
import { cursorToDigits } from '../cursor-format.ts';
import { defineCollector } from '../define.ts';
import type { DefinitionInput } from '../definition/definition.ts';
import { partitionKey } from '../revision.ts';
import type { ItemState, ListedId, PlanRequest } from './plan.ts';
import { planRun } from './plan-run.ts';

const us = (text: string): string => cursorToDigits(text, 'time');
const now = us('2024-06-15T12:00:00Z');

function worklist(extra: object = {}, more: object = {}) {
  return defineCollector({
    name: 'details',
    source: { name: 'src', baseUrl: 'https://example.org' },
    request: { path: '/things/{ids}' },
    incremental: { kind: 'worklist', query: 'select id from things', perRequest: 2, ...extra },
    target: {
      kind: 'table',
      table: 'details',
      key: ['id'],
      fields: { id: { type: 'bigint' }, state: { type: 'text' } },
    },
    ...more,
  } as unknown as DefinitionInput);
}

interface Given {
  readonly definition?: ReturnType<typeof worklist>;
  readonly ids?: readonly (string | ListedId)[];
  readonly items?: Readonly<Record<string, Partial<ItemState>>>;
  readonly request?: Partial<PlanRequest>;
}

const listed = (id: string, more: Partial<ListedId> = {}): ListedId => ({
  id,
  partition: {},
  final: null,
  ...more,
});

function plan({ definition = worklist(), ids = [], items = {}, request = {} }: Given) {
  const states = Object.entries(items).map(
    ([key, state]) => [key, { lastSuccessUs: null, signal: null, ...state }] as const,
  );
  return planRun({
    definition,
    request: { mode: 'incremental', ...request },
    states: new Map([['{}', { floor: null, covered: [], items: new Map(states) }]]),
    ids: ids.map((id) => (typeof id === 'string' ? listed(id) : id)),
    nowUs: now,
    isTargetEmpty: false,
  });
}

const asked = (result: ReturnType<typeof plan>) =>
  result.chunks.toSorted((a, b) => b.priority - a.priority).map(({ items }) => items);

describe('ids of a list', () => {
  test('are asked for in requests of so many, the most urgent first', () => {
    expect(asked(plan({ ids: ['5', '3', '9', '1', '4'] }))).toEqual([
      ['5', '3'],
      ['9', '1'],
      ['4'],
    ]);
  });

  test('that come twice are asked for once', () => {
    expect(asked(plan({ ids: ['5', '3', '5'] }))).toEqual([['5', '3']]);
  });

  test('beyond what one run may ask for wait for the next', () => {
    const definition = worklist({ perRun: 3 });

    expect(asked(plan({ definition, ids: ['1', '2', '3', '4'] }))).toEqual([['1', '2'], ['3']]);
  });

  test('that are fewer than worth a run wait for more', () => {
    const definition = worklist({ minItems: 3 });

    expect(asked(plan({ definition, ids: ['1', '2'] }))).toEqual([]);
    expect(asked(plan({ definition, ids: ['1', '2', '3'] }))).toHaveLength(2);
  });

  test('have no window', () => {
    expect(() => plan({ ids: ['1'], request: { window: { from: '2024-01-01' } } })).toThrow(
      expect.objectContaining({ code: 'WINDOW_INVALID' }),
    );
  });
});

describe('an id is asked for again', () => {
  const hoursAgo = (hours: number): string =>
    (BigInt(now) - BigInt(hours) * 3_600_000_000n).toString();
  const read = (hours: number, more: Partial<ItemState> = {}): Partial<ItemState> => ({
    lastSuccessUs: hoursAgo(hours),
    checkedUs: hoursAgo(hours),
    ...more,
  });
  const missing = (hours: number, missingCount: number): Partial<ItemState> => ({
    checkedUs: hoursAgo(hours),
    missingCount,
  });
  const definition = worklist({ maxAge: '6h', missing: { after: '12h', attempts: 3 } });

  test.each<[string, Partial<ItemState> | undefined, ListedId['final'], boolean]>([
    ['when it was never read', undefined, null, true],
    [
      'when its list called it final before it was ever read',
      { finalUs: hoursAgo(9) },
      'listed',
      true,
    ],
    ['not while it is young', read(5), null, false],
    ['when it is old', read(6), null, true],
    ['never when what is loaded of it is final', read(9_000), 'loaded', false],
    ['when its list calls it final since then', read(1), 'listed', true],
    [
      'when it was read before its list called it final',
      read(3, { finalUs: hoursAgo(2) }),
      'listed',
      true,
    ],
    ['not when it was read after that', read(1, { finalUs: hoursAgo(2) }), 'listed', false],
    ['when its list takes that back and it is old', read(9, { finalUs: hoursAgo(10) }), null, true],
    ['not soon after it was not answered', missing(11, 1), null, false],
    ['some time after it was not answered', missing(12, 2), null, true],
    ['not for ever when it is not answered', missing(9_000, 3), null, false],
    [
      'although it was read once, when it is missing now',
      read(12, { missingCount: 1 }),
      null,
      true,
    ],
  ])('%s', (_name, state, final, isDue) => {
    const given = { definition, ids: [listed('7', { final })], items: state ? { 7: state } : {} };

    expect(asked(plan(given))).toEqual(isDue ? [['7']] : []);
    // Who asks for everything gets everything.
    expect(asked(plan({ ...given, request: { mode: 'full' } }))).toEqual([['7']]);
  });

  test('what its list says newly about being final is kept, and what it takes back', () => {
    const ids = [
      listed('new', { final: 'listed' }),
      listed('known', { final: 'listed' }),
      listed('back'),
      listed('loaded', { final: 'loaded' }),
    ];
    const items = {
      known: read(1, { finalUs: hoursAgo(2) }),
      back: read(1, { finalUs: hoursAgo(2) }),
    };

    expect(plan({ definition, ids, items }).finals).toEqual([
      { partition: '{}', key: 'new', isFinal: true },
      { partition: '{}', key: 'back', isFinal: false },
    ]);
  });
});

test('ids belong to the partitions whose values their rows have; rows without values, to all', () => {
  const partitions = [{ league: 8 }, { league: '9' }];
  const definition = worklist({}, { partitions });

  const result = plan({
    definition,
    ids: [
      listed('1', { partition: { league: '8' } }),
      listed('2', { partition: { league: 9 } }),
      listed('3', { partition: { league: 7 } }),
      listed('4'),
    ],
  });

  const byPartition = result.chunks.map(({ partition, items }) => [partitionKey(partition), items]);
  expect(byPartition).toEqual([
    ['{"league":8}', ['1', '4']],
    ['{"league":"9"}', ['2', '4']],
  ]);
});
