import { describe, expect, test } from 'vitest';
import { cursorToDigits } from '../cursor-format.ts';
import { defineCollector } from '../define.ts';
import type { Definition, DefinitionInput } from '../definition/definition.ts';
import type { ItemState, PartitionState, PlanRequest } from './plan.ts';
import { planRun } from './plan-run.ts';

const us = (text: string): string => cursorToDigits(text, 'time');
const now = us('2024-06-15T12:00:00Z');

function collector(incremental: object): Definition {
  return defineCollector({
    name: 'things',
    source: { name: 'src', baseUrl: 'https://example.org' },
    request: { path: '/things' },
    incremental,
    target: {
      kind: 'table',
      table: 'things',
      key: ['id'],
      fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
    },
  } as unknown as DefinitionInput);
}

const cursor = (extra: object = {}): Definition =>
  collector({
    kind: 'cursor',
    field: 'at',
    from: 'since',
    to: 'until',
    start: '2024-01-01',
    ...extra,
  });

const integers = (extra: object = {}): Definition =>
  cursor({ field: 'id', unit: 'integer', format: 'integer', start: '0', ...extra });

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

const asked = (result: ReturnType<typeof plan>) =>
  result.chunks.map(({ cursor: window }) => window);
const window = (from: string, to: string | null) => ({ from: us(from), to: to && us(to) });

describe('a window of the cursor', () => {
  test('is cut into chunks of the declared size, the newest one open and first', () => {
    const { chunks } = plan(cursor({ size: '60d' }));

    expect(chunks.map((chunk) => chunk.cursor)).toEqual([
      window('2024-01-01', '2024-03-01'),
      window('2024-03-01', '2024-04-30'),
      window('2024-04-30', null),
    ]);
    expect(chunks.map(({ priority }) => priority)).toEqual([0, 1, 2]);
  });

  test('ends where it was asked to end, whatever is left over', () => {
    const request = { mode: 'backfill' as const, window: { from: '2010-01-01', to: '2010-03-15' } };

    expect(asked(plan(cursor({ size: '31d' }), {}, request))).toEqual([
      window('2010-01-01', '2010-02-01'),
      window('2010-02-01', '2010-03-04'),
      window('2010-03-04', '2010-03-15'),
    ]);
  });

  test('is cut after the look-back was added, so that no request is longer', () => {
    const state = {
      floor: us('2024-01-01'),
      covered: [{ from: us('2024-01-01'), to: us('2024-06-14') }],
    };

    expect(asked(plan(cursor({ size: '10d', lookback: '30d' }), state))).toEqual([
      window('2024-05-15', '2024-05-25'),
      window('2024-05-25', '2024-06-04'),
      window('2024-06-04', '2024-06-14'),
      window('2024-06-14', null),
    ]);
  });

  test('that would be too many chunks is refused with what to do', () => {
    expect(() => plan(cursor({ size: '1m' }))).toThrow(
      expect.objectContaining({
        code: 'WINDOW_INVALID',
        message: expect.stringMatching(/more than 20000 chunks.*incremental\.size/),
      }),
    );
  });

  test('is the first of the stack where the cursor itself is split', () => {
    const split = { axis: 'cursor', when: { status: 400, body: 'too many' } };
    const [chunk] = plan(cursor({ split })).chunks;

    expect(chunk?.page.windows).toEqual([chunk?.cursor]);
  });

  test('of integers is cut when it has an end, looked back in units, and open otherwise', () => {
    const request = { mode: 'backfill' as const, window: { from: '0', to: '250' } };
    const state = { floor: '0', covered: [{ from: '0', to: '1000' }] };

    expect(asked(plan(integers({ size: 100 }), {}, request))).toEqual([
      { from: '0', to: '100' },
      { from: '100', to: '200' },
      { from: '200', to: '250' },
    ]);
    expect(asked(plan(integers({ size: 100, lookback: 50 }), state))).toEqual([
      { from: '950', to: null },
    ]);
  });
});

describe('days of a zone', () => {
  const zoned = cursor({ format: 'date', zone: 'America/Sao_Paulo' });

  test('begin at its midnight, also those that a person names', () => {
    const request = { mode: 'backfill' as const, window: { from: '2018-11-04', to: '2018-11-05' } };
    const result = plan(zoned, {}, request);

    // Clocks were set forward at midnight: the day began at one o'clock and had 23 hours.
    expect(asked(result)).toEqual([window('2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z')]);
    expect(result.watermarks[0]?.floor).toBe(us('2024-01-01T03:00:00Z'));
  });

  test('a local time that a person names means the whole of an hour that happens twice', () => {
    const request = {
      mode: 'backfill' as const,
      window: { from: '2018-02-17T23:00', to: '2018-02-17T23:30' },
    };

    expect(asked(plan(zoned, {}, request))).toEqual([
      window('2018-02-18T01:00:00Z', '2018-02-18T02:30:00Z'),
    ]);
  });
});

describe('cadences', () => {
  const periods = (extra: object = {}): Definition =>
    collector({
      kind: 'periods',
      unit: 'month',
      from: '2023-12',
      cadences: [{ every: '1d', newest: 2 }, { every: '7d', newest: 4 }, { every: '30d' }],
      ...extra,
    });
  const months = ['2023-12', '2024-01', '2024-02', '2024-03', '2024-04', '2024-05', '2024-06'];
  const readAt = (moment: string | null, signal: string | null = null) => ({
    items: new Map<string, ItemState>(
      months.map((key) => [key, { lastSuccessUs: moment && us(moment), signal }]),
    ),
  });
  const keys = (result: ReturnType<typeof plan>) => result.chunks.flatMap(({ items }) => items);

  test.each([
    ['an hour ago', '2024-06-15T11:00:00Z', []],
    [
      'a little less than a day ago, by the run of yesterday',
      '2024-06-14T12:00:40Z',
      months.slice(-2),
    ],
    ['three days ago', '2024-06-12T12:00:00Z', months.slice(-2)],
    ['a week ago', '2024-06-08T12:05:00Z', months.slice(-4)],
    ['a month ago', '2024-05-16T12:00:00Z', months],
    ['never', null, months],
  ])('what was read %s is due by the cadence of its group', (_, moment, expected) => {
    expect(keys(plan(periods(), readAt(moment)))).toEqual(expected);
  });

  test('a period has its own last success: one that is missing is read with those that are due', () => {
    const { items } = readAt('2024-06-14T13:00:00Z');
    items.delete('2024-01');

    expect(keys(plan(periods(), { items }))).toEqual(['2024-01', '2024-05', '2024-06']);
  });

  test('what is not due is asked whether it changed where the source has a signal', () => {
    const result = plan(periods({ signal: 'updated' }), readAt('2024-06-12T12:00:00Z', 'v1'));

    expect(result.chunks.map(({ items, signal }) => [items.length, signal])).toEqual([
      [5, 'v1'],
      [2, null],
    ]);
  });

  test('what no cadence is meant for is left once it was read', () => {
    const newest = periods({ cadences: [{ every: '1d', newest: 2 }] });

    expect(keys(plan(newest, readAt('2020-01-01')))).toEqual(months.slice(-2));
    expect(keys(plan(newest, readAt(null)))).toEqual(months);
  });

  test('the current period is the one of the zone', () => {
    const days = { unit: 'day', from: '2024-06-14', cadences: undefined };

    expect(keys(plan(periods({ ...days, zone: 'Pacific/Auckland' })))).toContain('2024-06-16');
    expect(keys(plan(periods(days)))).not.toContain('2024-06-16');
  });
});

describe('a token', () => {
  const tokens = collector({ kind: 'token', param: 'sync', next: 'next' });
  const state = {
    items: new Map([['token', { lastSuccessUs: us('2024-06-01'), signal: 'abc' }]]),
  };

  test('is asked with once there is one, and not by a run that reads everything', () => {
    const tokenOf = (result: ReturnType<typeof plan>) =>
      result.chunks.map(({ items, signal, cursor: at }) => [items, signal, at]);

    expect(tokenOf(plan(tokens))).toEqual([[['token'], null, null]]);
    expect(tokenOf(plan(tokens, state))).toEqual([[['token'], 'abc', null]]);
    expect(tokenOf(plan(tokens, state, { mode: 'full' }))).toEqual([[['token'], null, null]]);
  });

  test('has no window', () => {
    expect(() => plan(tokens, state, { window: { from: '2024-01-01' } })).toThrow(
      expect.objectContaining({ code: 'WINDOW_INVALID' }),
    );
  });
});
