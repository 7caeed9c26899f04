import type { Window } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { cursorToDigits } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { lengthToDigits } from '../duration.ts';
import { holesAbove, lowWaterMark } from './low-water-mark.ts';
import type { ChunkDraft, PartitionState, PlanRequest } from './plan.ts';
import { cutWindow, slicesOf } from './slices.ts';

type Cursor = Extract<Definition['incremental'], { kind: 'cursor' }>;

interface CursorInput {
  readonly incremental: Cursor;
  readonly request: PlanRequest;
  readonly state: PartitionState;
  readonly nowUs: string;
}

/** Where responsibility of a cursor begins, as digits. */
export function startOf(incremental: Cursor): string {
  return cursorToDigits(incremental.start, incremental.unit, incremental.zone);
}

/** The windows that one partition of a cursor collector asks for, oldest first. */
export function planCursor(input: CursorInput): ChunkDraft[] {
  const { incremental, request, state, nowUs } = input;
  const { split, zone } = incremental;
  const windows = windowsOf(input).flatMap((window) => cutWindow(incremental, window, nowUs));
  if (split?.axis !== 'other') {
    // Where the cursor itself is split, its window is the first of the stack that halves are put on.
    return windows.map((cursor) => draft(cursor, split ? [cursor] : []));
  }
  const isLarge = request.mode !== 'incremental' || state.covered.length === 0;
  const slices = isLarge ? slicesOf(split, zone, nowUs) : [wholeAxis(split.start, zone)];
  return windows.flatMap((cursor) => slices.map((slice) => draft(cursor, [slice])));
}

function wholeAxis(start: string, zone: string): Window {
  return { from: cursorToDigits(start, 'time', zone), to: null };
}

function draft(cursor: Window, windows: readonly Window[]): ChunkDraft {
  return { cursor, items: [], signal: null, windows };
}

function windowsOf(input: CursorInput): Window[] {
  const { incremental, request, state } = input;
  const floor = state.floor ?? startOf(incremental);
  const from = readEnd(incremental, request.window?.from, 'from');
  const to = readEnd(incremental, request.window?.to, 'to');
  const isWhole = from === undefined && to === undefined && request.mode === 'incremental';
  if (isWhole) return openWindows(incremental, state, floor);

  const isResumed = request.mode === 'incremental';
  const begin = from ?? (isResumed ? resumeAt(incremental, state, floor) : floor);
  refuseUpsideDown({ from: begin, to: to ?? null }, request.window);
  return [{ from: begin, to: to ?? null }];
}

function refuseUpsideDown({ from, to }: Window, asked: PlanRequest['window']): void {
  if (from === null || to === null || BigInt(to) > BigInt(from)) return;
  throw new TerminalError(
    'WINDOW_INVALID',
    `the window ends at ${asked?.to ?? to}, which is not after its beginning ` +
      `(${asked?.from ?? 'where the collector would begin'})`,
  );
}

/** What a run asks for by itself: the holes at or above the floor, and everything from the newest covered moment on. */
function openWindows(incremental: Cursor, state: PartitionState, floor: string): Window[] {
  // Without a parameter for the end, the first hole reads all that follows it; a query to a database has no parameters.
  const hasEnd = incremental.to !== undefined || incremental.from === undefined;
  const holes = hasEnd ? holesAbove(state.covered, floor) : [];
  const newest = state.covered.at(-1)?.to;
  const top =
    holes.length > 0 && newest !== undefined ? newest : lowWaterMark(state.covered, floor);
  return [...holes, { from: lookBack(incremental, top, floor), to: null }];
}

function resumeAt(incremental: Cursor, state: PartitionState, floor: string): string {
  return lookBack(incremental, lowWaterMark(state.covered, floor), floor);
}

function lookBack(incremental: Cursor, mark: string, floor: string): string {
  const back = BigInt(mark) - lengthToDigits(incremental.lookback);
  return back < BigInt(floor) ? floor : back.toString();
}

function readEnd(
  { unit, zone }: Cursor,
  text: string | undefined,
  end: 'from' | 'to',
): string | undefined {
  if (text === undefined) return undefined;
  try {
    return cursorToDigits(text, unit, zone, end);
  } catch (error) {
    throw new TerminalError(
      'WINDOW_INVALID',
      `window.${end}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
