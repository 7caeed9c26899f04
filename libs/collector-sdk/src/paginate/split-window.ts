import type { PagePlace, Window } from '@tidemark/contracts';
import {
  cursorToDigits,
  durationToMicros,
  floorDigits,
  type CursorFormat,
} from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';

/** The axis on which a window that holds too many records is read in halves. */
export interface Split {
  /** The cursor itself, whose window then comes from the place of a page, or another axis beside it. */
  readonly axis: 'cursor' | 'other';
  /** Query parameters of the window's ends. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly format: CursorFormat;
  readonly zone: string;
  /** Where the axis begins. */
  readonly start: string;
  readonly min: string;
  /** The answer that means "too many", where the definition says it here. */
  readonly when: { readonly status: number; readonly body: string } | undefined;
}

/** The split axis of a definition, when it has one. */
export function splitOf({ incremental }: Definition): Split | undefined {
  if (incremental.kind !== 'cursor' || !incremental.split) return undefined;
  const { split } = incremental;
  const { min, when } = split;
  const { zone } = incremental;
  const { axis, from, to, format, start } =
    split.axis === 'other' ? split : { ...incremental, axis: split.axis };
  return { axis, from, to, format, zone, start, min, when };
}

/** Whether an answer means "too many". */
export function saysTooMany({ when }: Split, status: number, text: string): boolean {
  return when !== undefined && status === when.status && text.includes(when.body);
}

/**
 * The place after an answer "too many": the current window is replaced by its two halves, the earlier one first.
 * `end` stands for an open end when the middle is sought; the later half stays open, so that nothing is cut off.
 * Undefined when the window is too small to be split.
 */
export function splitPlace(split: Split, at: PagePlace, end: string): PagePlace | undefined {
  const [top = { from: null, to: null }, ...rest] = at.windows;
  const halves = halve(top, split, end);
  if (!halves) return undefined;
  return { ...at, seq: at.seq + 1, place: {}, windows: [...halves, ...rest], stride: null };
}

function halve(window: Window, split: Split, openEnd: string): [Window, Window] | undefined {
  const from = BigInt(window.from ?? cursorToDigits(split.start, 'time', split.zone));
  const to = BigInt(window.to ?? openEnd);
  if (to - from <= durationToMicros(split.min) || to - from < 2n) return undefined;
  const middle = middleOf(from, to, split);
  // Where the format says days, both halves of a day would ask for the same.
  if (BigInt(middle) <= from) return undefined;
  return [
    { from: from.toString(), to: middle },
    { from: middle, to: window.to },
  ];
}

const SECOND = 1_000_000n;

/** A moment that the format can say; whole seconds in wide windows, since not every source reads fractions. */
function middleOf(from: bigint, to: bigint, { format, zone }: Split): string {
  const middle = from + (to - from) / 2n;
  const whole = to - from > 4n * SECOND ? middle - (middle % SECOND) : middle;
  return floorDigits(whole.toString(), format, zone);
}
