import type { PagePlace, Window } from '@tidemark/contracts';
import { cursorToDigits, durationToMicros } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';

type Incremental = Extract<Definition['incremental'], { kind: 'cursor' }>;
export type Split = NonNullable<Incremental['split']>;

/** The split axis of a definition, when it has one. */
export function splitOf(definition: Definition): Split | undefined {
  const { incremental } = definition;
  return incremental.kind === 'cursor' ? incremental.split : undefined;
}

/** Whether an answer means "too many". */
export function saysTooMany(split: Split, status: number, text: string): boolean {
  return status === split.when.status && text.includes(split.when.body);
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
  const from = BigInt(window.from ?? cursorToDigits(split.start, notationOf(split)));
  const to = BigInt(window.to ?? openEnd);
  const isTime = split.format !== 'integer';
  const min = isTime ? durationToMicros(split.min) : 1n;
  if (to - from <= min || to - from < 2n) return undefined;
  const middle = roundMiddle(from, to, isTime);
  return [
    { from: from.toString(), to: middle },
    { from: middle, to: window.to },
  ];
}

const SECOND = 1_000_000n;

/** Whole seconds in wide windows, since not every source reads fractions. */
function roundMiddle(from: bigint, to: bigint, isTime: boolean): string {
  const middle = from + (to - from) / 2n;
  return (isTime && to - from > 4n * SECOND ? middle - (middle % SECOND) : middle).toString();
}

function notationOf(split: Split): 'time' | 'integer' {
  return split.format === 'integer' ? 'integer' : 'time';
}
