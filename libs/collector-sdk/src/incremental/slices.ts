import type { Window } from '@tidemark/contracts';
import { cursorToDigits } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { durationToMicros } from '../duration.ts';

type Split = NonNullable<Extract<Definition['incremental'], { kind: 'cursor' }>['split']>;

/** A run has at most this many slices; longer axes get longer slices. */
const MAX_SLICES = 10_000n;

/** The split axis in slices of the declared size, oldest first; the last one is open, since sources date into the future. */
export function slicesOf(split: Split, nowUs: string): Window[] {
  const start = BigInt(cursorToDigits(split.start, 'time'));
  const now = BigInt(nowUs);
  if (split.size === undefined || now <= start) return [{ from: start.toString(), to: null }];
  const declared = durationToMicros(split.size);
  const least = (now - start) / MAX_SLICES + 1n;
  const size = declared > least ? declared : least;
  const slices: Window[] = [];
  let from = start;
  while (from + size < now) {
    slices.push({ from: from.toString(), to: (from + size).toString() });
    from += size;
  }
  return [...slices, { from: from.toString(), to: null }];
}
