import { describe, expect, test } from 'vitest';
import { cursorToDigits } from '../cursor-format.ts';
import { defineCollector } from '../define.ts';
import type { Definition, DefinitionInput } from '../definition/definition.ts';
import { partitionKey } from '../revision.ts';
import type { ItemState, PartitionState, PlanRequest } from './plan.ts';
import { planRun } from './plan-run.ts';

const us = (text: string): string => cursorToDigits(text, 'time');
const now = us('2024-06-15T12:00:00Z');

const base = {
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/things' },
  target: {
    kind: 'table',
    table: 'things',
    key: ['id'],
    fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
  },
} satisfies Partial<DefinitionInput>;

function cursorCollector(extra: object = {}): Definition {
  return defineCollector({
    ...base,
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      start: '2024-01-01',
      ...extra,
    },
  } as unknown as DefinitionInput);
}

function periodCollector(extra: object = {}): Definition {
  return defineCollector({
    ...base,
    incremental: { kind: 'periods', unit: 'year', from: '2018', ...extra },
  } as unknown as DefinitionInput);
}

function plan(
  definition: Definition,
  state: Partial<PartitionState> = {},
  request: Partial<PlanRequest> = {},
) {
  return planRun({
    definition,
    request: { mode: 'incremental', ...request },
    states: new Map([['{}', { floor: null, covered: [], items: new Map(), ...state }]]),
    nowUs: now,
    isTargetEmpty: false,
  });
}

const covered = (...windows: [string, string][]) =>
  windows.map(([from, to]) => ({ from: us(from), to: us(to) }));

const askedWindows = (result: ReturnType<typeof plan>) => result.chunks.map(({ cursor }) => cursor);

describe('a cursor collector', () => {
  test('asks from its start on the first run, and says where responsibility begins', () => {
    const result = plan(cursorCollector());

    expect(askedWindows(result)).toEqual([{ from: us('2024-01-01'), to: null }]);
    expect(result.watermarks).toEqual([{ partition: '{}', unit: 'time', floor: us('2024-01-01') }]);
    expect(result.watermarkFrom).toBe(us('2024-01-01'));
  });

  test('asks from its low-water mark minus the look-back afterwards', () => {
    const state = { floor: us('2024-01-01'), covered: covered(['2024-01-01', '2024-06-01']) };

    const result = plan(cursorCollector({ lookback: '2h' }), state);

    expect(askedWindows(result)).toEqual([{ from: us('2024-05-31T22:00:00Z'), to: null }]);
    expect(result.watermarkFrom).toBe(us('2024-06-01'));
  });

  test('never looks back below its floor', () => {
    const state = {
      floor: us('2024-01-01'),
      covered: covered(['2024-01-01', '2024-01-01T01:00:00Z']),
    };

    const result = plan(cursorCollector({ lookback: '7d' }), state);

    expect(askedWindows(result)).toEqual([{ from: us('2024-01-01'), to: null }]);
  });

  test('asks again for holes at or above the floor when the request can name an end', () => {
    const state = {
      floor: us('2024-01-01'),
      covered: covered(['2024-01-01', '2024-02-01'], ['2024-03-01', '2024-04-01']),
    };

    expect(askedWindows(plan(cursorCollector({ to: 'until' }), state))).toEqual([
      { from: us('2024-02-01'), to: us('2024-03-01') },
      { from: us('2024-04-01'), to: null },
    ]);
    expect(askedWindows(plan(cursorCollector(), state))).toEqual([
      { from: us('2024-02-01'), to: null },
    ]);
  });

  test('a query to a database can end anywhere', () => {
    const state = {
      floor: us('2024-01-01'),
      covered: covered(['2024-01-01', '2024-02-01'], ['2024-03-01', '2024-04-01']),
    };
    const { target } = cursorCollector();
    const database = defineCollector({
      name: 'database',
      source: { kind: 'postgres', name: 'database', secret: 'DATABASE' },
      request: { kind: 'sql', sql: 'select * from changes' },
      incremental: { kind: 'cursor', field: 'at', start: '2024-01-01' },
      target,
    });

    expect(askedWindows(plan(database, state))).toEqual([
      { from: us('2024-02-01'), to: us('2024-03-01') },
      { from: us('2024-04-01'), to: null },
    ]);
  });

  test('a backfill below the floor does not pull live collection back', () => {
    const state = {
      floor: us('2024-01-01'),
      covered: covered(
        ['2020-01-01', '2021-01-01'],
        ['2022-01-01', '2023-01-01'],
        ['2024-01-01', '2024-06-01'],
      ),
    };

    expect(askedWindows(plan(cursorCollector({ to: 'until' }), state))).toEqual([
      { from: us('2024-06-01'), to: null },
    ]);
  });

  test('a hole right at the floor is asked for', () => {
    const state = { floor: us('2024-01-01'), covered: covered(['2024-02-01', '2024-03-01']) };

    expect(askedWindows(plan(cursorCollector({ to: 'until' }), state))).toEqual([
      { from: us('2024-01-01'), to: us('2024-02-01') },
      { from: us('2024-03-01'), to: null },
    ]);
  });

  test.each<[PlanRequest, string, string | null]>([
    [{ mode: 'full' }, '2024-01-01', null],
    [{ mode: 'backfill' }, '2024-01-01', null],
    [
      { mode: 'backfill', window: { from: '2020-01-01', to: '2021-01-01' } },
      '2020-01-01',
      '2021-01-01',
    ],
    [{ mode: 'incremental', window: { from: '2024-03-01' } }, '2024-03-01', null],
    [{ mode: 'incremental', window: { to: '2024-06-10' } }, '2024-06-01', '2024-06-10'],
  ])('%j asks from %s to %s', (request, from, to) => {
    const state = { floor: us('2024-01-01'), covered: covered(['2024-01-01', '2024-06-01']) };

    const result = plan(cursorCollector(), state, request);

    expect(askedWindows(result)).toEqual([{ from: us(from), to: to === null ? null : us(to) }]);
  });

  test.each([
    [{ from: '2024-02-01', to: '2024-01-01' }, /not after its beginning/],
    [{ from: '2024-02-01', to: '2024-02-01' }, /not after its beginning/],
    [{ to: '2023-01-01' }, /not after its beginning/],
    [{ from: '12' }, /window\.from: "12" is not a date/],
  ])('refuses the window %j', (window, reason) => {
    expect(() => plan(cursorCollector(), {}, { window })).toThrow(
      expect.objectContaining({ code: 'WINDOW_INVALID', message: expect.stringMatching(reason) }),
    );
  });

  test('an integer cursor counts in ones', () => {
    const definition = defineCollector({
      ...base,
      incremental: {
        kind: 'cursor',
        field: 'id',
        unit: 'integer',
        format: 'integer',
        from: 'after',
        start: '1',
      },
    } as unknown as DefinitionInput);
    const state = { floor: '1', covered: [{ from: '1', to: '9007199254740993' }] };

    const result = plan(definition, state);

    expect(askedWindows(result)).toEqual([{ from: '9007199254740993', to: null }]);
    expect(result.watermarks[0]?.unit).toBe('integer');
  });
});

describe('a split axis', () => {
  const split = {
    from: 'starttime',
    to: 'endtime',
    start: '2024-06-01',
    size: '5d',
    when: { status: 400, body: 'exceeds' },
  };

  test('is cut into slices on the first load, newest first, that share one window of the cursor', () => {
    const result = plan(cursorCollector({ split }));

    expect(result.chunks.map(({ page }) => page.windows)).toEqual([
      [{ from: us('2024-06-01'), to: us('2024-06-06') }],
      [{ from: us('2024-06-06'), to: us('2024-06-11') }],
      [{ from: us('2024-06-11'), to: null }],
    ]);
    expect(new Set(askedWindows(result).map((window) => JSON.stringify(window))).size).toBe(1);
    expect(result.chunks.map(({ chunkId }) => chunkId)).toEqual([0, 1, 2]);
    expect(result.chunks.map(({ priority }) => priority)).toEqual([0, 1, 2]);
  });

  test('is one open window in incremental runs', () => {
    const state = { floor: us('2024-01-01'), covered: covered(['2024-01-01', '2024-06-01']) };

    const result = plan(cursorCollector({ split }), state);

    expect(result.chunks.map(({ page }) => page.windows)).toEqual([
      [{ from: us('2024-06-01'), to: null }],
    ]);
  });

  test('never makes more than ten thousand slices', () => {
    const result = plan(cursorCollector({ split: { ...split, start: '0001-01-01', size: '1s' } }));

    expect(result.chunks.length).toBeLessThanOrEqual(10_001);
    expect(result.chunks.length).toBeGreaterThan(9_000);
  });
});

describe('periods', () => {
  const item = (lastSuccess: string | null, signal: string | null = null): ItemState => ({
    lastSuccessUs: lastSuccess === null ? null : us(lastSuccess),
    signal,
  });
  const asked = (result: ReturnType<typeof plan>) =>
    result.chunks.map(({ items, signal }) => [items.join(' '), signal]);
  const known = (entries: [string, ItemState][]) => ({ items: new Map(entries) });
  const all = ['2018', '2019', '2020', '2021', '2022', '2023', '2024'];

  test('are all asked for on the first run, in chunks of at most perChunk', () => {
    expect(asked(plan(periodCollector({ perChunk: 3 })))).toEqual([
      ['2018 2019 2020', null],
      ['2021 2022 2023', null],
      ['2024', null],
    ]);
  });

  test('only the newest are asked for when the others were read lately and nothing tells of changes', () => {
    const state = known(all.map((key) => [key, item('2024-06-01')]));

    expect(asked(plan(periodCollector(), state))).toEqual([['2023 2024', null]]);
  });

  test('with a signal the others are asked whether it changed', () => {
    const state = known(all.map((key) => [key, item('2024-06-01', key < '2020' ? 'a' : 'b')]));

    expect(asked(plan(periodCollector({ signal: 'updated' }), state))).toEqual([
      ['2018 2019', 'a'],
      ['2020 2021 2022', 'b'],
      ['2023 2024', null],
    ]);
  });

  test('one that never succeeded and one that is too old are asked for without a signal', () => {
    const state = known([
      ['2018', item('2024-06-01', 'a')],
      ['2019', item(null)],
      ['2020', item('2023-01-01', 'a')],
      ['2021', item('2024-06-01', 'a')],
      ['2022', item('2024-06-01', 'a')],
    ]);

    expect(asked(plan(periodCollector({ signal: 'updated' }), state))).toEqual([
      ['2018', 'a'],
      ['2019 2020', null],
      ['2021 2022', 'a'],
      ['2023 2024', null],
    ]);
  });

  test('that are not asked for part a chunk', () => {
    const state = known([
      ['2019', item('2024-06-01')],
      ['2020', item('2024-06-01')],
    ]);

    expect(asked(plan(periodCollector({ to: '2021', recent: 1 }), state))).toEqual([
      ['2018', null],
      ['2021', null],
    ]);
  });

  test('no older one is skipped when maxAgeDays is 0', () => {
    const state = known(all.map((key) => [key, item('2024-06-01')]));

    expect(asked(plan(periodCollector({ maxAgeDays: 0 }), state))).toEqual([[all.join(' '), null]]);
  });

  test('a full run asks for all without a signal', () => {
    const state = known(all.map((key) => [key, item('2024-06-01', 'a')]));

    expect(asked(plan(periodCollector({ signal: 'updated' }), state, { mode: 'full' }))).toEqual([
      [all.join(' '), null],
    ]);
  });

  test.each([
    [{ from: '2019', to: '2020' }, '2019 2020'],
    [{ to: '2019-05-05' }, '2018 2019'],
    [{ from: '2024-01-01T00:00:00Z' }, '2024'],
  ])('the window %j means %s', (window, items) => {
    const result = plan(periodCollector(), {}, { mode: 'backfill', window });

    expect(asked(result)).toEqual([[items, null]]);
  });

  test.each([{ from: '2020', to: '2019' }, { from: '1900', to: '1910' }, { from: '12' }])(
    'the window %j is refused',
    (window) => {
      expect(() => plan(periodCollector(), {}, { window })).toThrow(
        expect.objectContaining({ code: 'WINDOW_INVALID' }),
      );
    },
  );

  test('months and days go over the ends of years', () => {
    const months = periodCollector({ unit: 'month', from: '2023-11', to: '2024-02' });
    const days = periodCollector({ unit: 'day', from: '2024-02-28', to: '2024-03-01' });

    expect(plan(months).chunks[0]?.items).toEqual(['2023-11', '2023-12', '2024-01', '2024-02']);
    expect(plan(days).chunks[0]?.items).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  });
});

describe('partitions', () => {
  const definition = defineCollector({
    ...base,
    partitions: [
      { league: 8, season: '2023' },
      { league: 8, season: '2024' },
      { league: 9, season: '2024' },
    ],
    incremental: { kind: 'full' },
  } as unknown as DefinitionInput);

  test('a filter keeps those that have all its values, whatever their type', () => {
    const result = plan(definition, {}, { partition: { league: '8' } });

    expect(result.chunks.map(({ partition }) => partition['season'])).toEqual(['2023', '2024']);
    expect(result.chunks.map(({ chunkId }) => chunkId)).toEqual([0, 1]);
  });

  test.each([{ league: 7 }, { country: 'BR' }])(
    'a filter that matches nothing is refused: %j',
    (partition) => {
      expect(() => plan(definition, {}, { partition })).toThrow(
        expect.objectContaining({ code: 'COMMAND_INVALID' }),
      );
    },
  );

  test('a collector that reads everything has no window', () => {
    expect(() => plan(definition, {}, { window: { from: '2024-01-01' } })).toThrow(
      expect.objectContaining({ code: 'WINDOW_INVALID' }),
    );
  });

  test('a partition has the same key however it is written', () => {
    expect(partitionKey({ b: 1, a: 'x' })).toBe('{"a":"x","b":1}');
    expect(partitionKey({})).toBe('{}');
  });
});
