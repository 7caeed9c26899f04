import type { Window } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { cursorToDigits, digitsToCursor } from '../cursor-format.ts';
import type { Cursor } from '../definition/cursor.ts';
import { durationToMicros, lengthToDigits } from '../duration.ts';

type Split = Extract<NonNullable<Cursor['split']>, { axis: 'other' }>;

/** A run has at most this many chunks: more are a mistake, or a backfill that is better done in several. */
export const MAX_CHUNKS = 20_000;
/** A split axis is cut into at most this many slices; longer axes get longer slices. */
const MAX_SLICES = 10_000n;

/** Refuses a plan that would have too many chunks, before they are made. */
export function refuseTooMany(chunkCount: number | bigint, advice: string): void {
  if (chunkCount <= MAX_CHUNKS) return;
  throw new TerminalError(
    'WINDOW_INVALID',
    `the run would have more than ${MAX_CHUNKS} chunks; ${advice}`,
  );
}

/** The split axis in slices of the declared size, oldest first; the last one is open, since sources date into the future. */
export function slicesOf(split: Split, zone: string, nowUs: string): Window[] {
  const start = BigInt(cursorToDigits(split.start, 'time', zone));
  const now = BigInt(nowUs);
  if (split.size === undefined || now <= start) return [{ from: start.toString(), to: null }];
  const declared = durationToMicros(split.size);
  const least = (now - start) / MAX_SLICES + 1n;
  return cut({ from: start, to: null, now }, declared > least ? declared : least);
}

/**
 * A window of the cursor in windows of at most the declared size, oldest first. The last one of an open window is open, and
 * reaches at most as far into the past; of an integer, whose end nobody knows, an open window stays as it is.
 */
export function cutWindow(
  { size, unit, zone, start }: Cursor,
  window: Window,
  nowUs: string,
): Window[] {
  if (size === undefined || window.from === null) return [window];
  if (window.to === null && unit === 'integer') return [window];
  const from = BigInt(window.from);
  const to = window.to === null ? null : BigInt(window.to);
  const now = to ?? BigInt(nowUs);
  const length = lengthToDigits(size);
  const begin = unit === 'time' ? digitsToCursor(window.from, 'iso', zone) : window.from;
  refuseTooMany(
    (now - from) / length,
    `from ${begin} on, windows of ${size} are too many: ` +
      `raise incremental.size, move incremental.start (${start}), or ask for a shorter window`,
  );
  return cut({ from, to, now }, length);
}

interface Extent {
  readonly from: bigint;
  readonly to: bigint | null;
  readonly now: bigint;
}

function cut({ from, to, now }: Extent, size: bigint): Window[] {
  const windows: Window[] = [];
  let begin = from;
  while (begin + size < now) {
    windows.push({ from: begin.toString(), to: (begin + size).toString() });
    begin += size;
  }
  return [...windows, { from: begin.toString(), to: to === null ? null : to.toString() }];
}
