import { describe, expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { planConditions } from './plan-conditions.ts';
import type { ChunkDraft, ItemState, PartitionState, PlanInput } from './plan.ts';

const hourUs = 3_600_000_000n;
const at = (hours: number, microseconds = 0n): string =>
  (BigInt(hours) * hourUs + microseconds).toString();

function inputOf(conditional: unknown, changes: Partial<PlanInput> = {}): PlanInput {
  return {
    definition: Definition.parse({
      name: 'things',
      source: { name: 'things', baseUrl: 'http://127.0.0.1' },
      request: { path: '/', conditional },
      incremental: { kind: 'cursor', field: 'at', from: 'since', start: '1970-01-01' },
      target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'text' } } },
    }),
    request: { mode: 'incremental' },
    states: new Map(),
    nowUs: at(100),
    isTargetEmpty: false,
    ...changes,
  };
}

const state = (
  items: Record<string, string | null>,
  floor: string | null = null,
): PartitionState => ({
  floor,
  covered: [],
  items: new Map(
    Object.entries(items).map(([key, signal]): [string, ItemState] => [
      key,
      { lastSuccessUs: '1', signal },
    ]),
  ),
});

const draft: ChunkDraft = {
  cursor: { from: at(7, 5n), to: null },
  items: [],
  signal: null,
  windows: [],
};
const round = { round: '1h' };
const known = state({ answer: '{"etag":"x"}' });

test('without conditional requests nothing changes', () => {
  expect(planConditions(inputOf(undefined), known, [draft])).toEqual([draft]);
});

test('the one chunk of a partition keeps its answer, and begins where the next one will', () => {
  expect(planConditions(inputOf(round), known, [draft])).toEqual([
    { ...draft, cursor: { from: at(7), to: null }, items: ['answer'], signal: '{"etag":"x"}' },
  ]);
  expect(planConditions(inputOf({}), known, [draft])).toMatchObject([{ cursor: draft.cursor }]);
});

test.each([
  ['never read before', inputOf(round), state({})],
  ['told to read everything', inputOf(round, { request: { mode: 'full' } }), known],
  ['with an empty target', inputOf(round, { isTargetEmpty: true }), known],
])('a partition that is %s is asked for without a condition, and kept', (_what, input, given) => {
  expect(planConditions(input, given, [draft])).toMatchObject([
    { items: ['answer'], signal: null },
  ]);
});

test('the beginning does not go below the floor, and rounds down before 1970 too', () => {
  const atFloor = state({}, at(7, 3n));
  const early = { ...draft, cursor: { from: at(-3, 1n), to: null } };

  expect(planConditions(inputOf(round), atFloor, [draft])).toMatchObject([
    { cursor: draft.cursor },
  ]);
  expect(planConditions(inputOf(round), state({}), [early])).toMatchObject([
    { cursor: { from: at(-3) } },
  ]);
});

test('a partition that is read in several chunks keeps no answer', () => {
  expect(planConditions(inputOf(round), known, [draft, draft])).toEqual([draft, draft]);
});

test('periods are asked for under a condition where all of a chunk have the same answer', () => {
  const periods = inputOf({});
  const incremental = { kind: 'periods', unit: 'year', from: '2000' };
  const definition = {
    ...periods.definition,
    incremental: Definition.shape.incremental.parse(incremental),
  };
  const input = { ...periods, definition };
  const drafts = [['2001', '2002'], ['2002', '2003'], ['2004']].map((items) => ({
    ...draft,
    cursor: null,
    items,
  }));

  const planned = planConditions(input, state({ 2001: 'a', 2002: 'a', 2003: 'b' }), drafts);

  expect(planned.map(({ items, signal }) => [...items, signal])).toEqual([
    ['2001', '2002', 'a'],
    ['2002', '2003', null],
    ['2004', null],
  ]);
});

describe('rows of a database that have no cursor', () => {
  const closed: ChunkDraft = { ...draft, cursor: { from: at(1), to: at(2) } };
  const remembered = state({ answer: 'reject 5 17' });
  const ofDatabase = (nulls: string | undefined, changes: Partial<PlanInput> = {}): PlanInput => ({
    ...inputOf(undefined, changes),
    definition: Definition.parse({
      name: 'things',
      source: { kind: 'postgres', name: 'things', secret: 'THINGS' },
      request: { kind: 'sql', sql: 'select id, at from things' },
      incremental: { kind: 'cursor', field: 'at', tie: 'id', start: '1970-01-01', nulls },
      target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'text' } } },
    }),
  });

  test.each(['reject', 'quarantine'])('are remembered by the open window: %s', (nulls) => {
    expect(planConditions(ofDatabase(nulls), remembered, [closed, draft])).toEqual([
      closed,
      { ...draft, items: ['answer'], signal: 'reject 5 17' },
    ]);
  });

  test.each([undefined, 'skip', 'include'])('are not remembered where they are %s', (nulls) => {
    expect(planConditions(ofDatabase(nulls), remembered, [closed, draft])).toEqual([closed, draft]);
  });

  test.each([
    ['is told to read everything', ofDatabase('reject', { request: { mode: 'full' } })],
    ['finds its target empty', ofDatabase('reject', { isTargetEmpty: true })],
  ])('are read whatever is remembered by a run that %s', (_what, input) => {
    expect(planConditions(input, remembered, [draft])).toMatchObject([
      { items: ['answer'], signal: null },
    ]);
  });
});
