import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineCollector } from '../define.ts';
import { partitionKey } from '../revision.ts';
import { holesAbove, lowWaterMark } from './low-water-mark.ts';
import { planRun } from './plan-run.ts';
import type { PlanRequest } from './plan.ts';

// A small axis of whole numbers, on which a set of them can stand for what is covered: slow, and plain to see.
const END = 60;
const points = Array.from({ length: END }, (_, at) => at);

interface Interval {
  readonly from: string;
  readonly to: string;
}

/** Intervals in order and apart from each other, as PostgreSQL keeps them. */
const covered = fc.uniqueArray(fc.nat(END), { maxLength: 12 }).map((ends): Interval[] => {
  const sorted = ends.toSorted((a, b) => a - b);
  const intervals: Interval[] = [];
  for (let at = 0; at + 1 < sorted.length; at += 2) {
    intervals.push({ from: String(sorted[at]), to: String(sorted[at + 1]) });
  }
  return intervals;
});

const isIn = (
  intervals: readonly { from: string | null; to: string | null }[],
  at: number,
): boolean =>
  intervals.some(
    ({ from, to }) => (from === null || Number(from) <= at) && (to === null || at < Number(to)),
  );

function planned(
  intervals: readonly Interval[],
  request: PlanRequest,
  more: {
    readonly to?: string;
    readonly size?: number;
    readonly lookback?: number;
    readonly start: number;
  },
) {
  const definition = defineCollector({
    name: 'numbers',
    source: { name: 'numbers', baseUrl: 'https://numbers.example' },
    request: { path: '/' },
    incremental: {
      kind: 'cursor',
      unit: 'integer',
      format: 'integer',
      field: 'id',
      from: 'from',
      lookback: 0,
      ...more,
      start: String(more.start),
    },
    target: { kind: 'table', table: 'numbers', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
  const state = { floor: String(more.start), covered: intervals, items: new Map() };
  const { chunks } = planRun({
    definition,
    request,
    states: new Map([[partitionKey({}), state]]),
    nowUs: '0',
    isTargetEmpty: false,
  });
  return chunks.flatMap(({ cursor }) => (cursor ? [cursor] : []));
}

test('the low-water mark is the first value at or above the floor that is not covered', () => {
  fc.assert(
    fc.property(covered, fc.nat(END), (intervals, floor) => {
      const naive =
        points.find((at) => at >= floor && !isIn(intervals, at)) ?? Math.max(floor, END);
      expect(lowWaterMark(intervals, String(floor))).toBe(String(naive));
    }),
  );
});

test('the holes are what is not covered between the floor and the newest covered value', () => {
  fc.assert(
    fc.property(covered, fc.nat(END), (intervals, floor) => {
      const holes = holesAbove(intervals, String(floor));
      const newest = Number(intervals.at(-1)?.to ?? floor);
      for (const at of points) {
        const isHole = at >= floor && at < newest && !isIn(intervals, at);
        expect([at, isIn(holes, at)]).toEqual([at, isHole]);
      }
    }),
  );
});

const ends = { to: fc.constant('to'), lookback: fc.nat(20), size: fc.integer({ min: 1, max: 30 }) };
/** Only where a request says the end of its window can a window be cut. */
const settings = fc.oneof(
  fc.record({ start: fc.nat(END), ...ends }),
  fc.record({ start: fc.nat(END), to: ends.to, lookback: ends.lookback }),
  fc.record({ start: fc.nat(END), lookback: ends.lookback }),
);

test('a run asks for all that is not covered from its floor on, and for nothing below it', () => {
  fc.assert(
    fc.property(covered, settings, (intervals, more) => {
      const windows = planned(intervals, { mode: 'incremental' }, more);
      for (const at of points) {
        if (at < more.start) expect([at, isIn(windows, at)]).toEqual([at, false]);
        else if (!isIn(intervals, at)) expect([at, isIn(windows, at)]).toEqual([at, true]);
      }
      // The newest are always asked for: one window, and only one, is open.
      expect(windows.filter(({ to }) => to === null)).toHaveLength(1);
    }),
  );
});

test('a covered value is asked for again only by the look-back, or where the source knows no end of a window', () => {
  fc.assert(
    fc.property(covered, settings, (intervals, more) => {
      fc.pre('to' in more);
      const windows = planned(intervals, { mode: 'incremental' }, more);
      const newest = Number(intervals.at(-1)?.to ?? more.start);
      const mark = Number(lowWaterMark(intervals, String(more.start)));
      const looksBackFrom = Math.max(newest, mark) - more.lookback;
      for (const at of points) {
        if (isIn(intervals, at) && at < looksBackFrom) {
          expect([at, isIn(windows, at)]).toEqual([at, false]);
        }
      }
    }),
  );
});

test('a backfill asks for its window exactly, each value once, in pieces of the size at most', () => {
  const asked = fc.tuple(fc.nat(END), fc.integer({ min: 1, max: END }));
  fc.assert(
    fc.property(covered, settings, asked, (intervals, more, [from, length]) => {
      const window = { from: String(from), to: String(from + length) };
      const windows = planned(intervals, { mode: 'backfill', window }, more);
      const sorted = windows.toSorted((a, b) => Number(a.from) - Number(b.from));
      expect(sorted[0]?.from).toBe(window.from);
      expect(sorted.at(-1)?.to).toBe(window.to);
      for (const [place, piece] of sorted.entries()) {
        const next = sorted[place + 1];
        if (next) expect(piece.to).toBe(next.from);
        const size = Number(piece.to) - Number(piece.from);
        expect(size).toBeGreaterThan(0);
        if ('size' in more) expect(size).toBeLessThanOrEqual(more.size);
      }
    }),
  );
});
