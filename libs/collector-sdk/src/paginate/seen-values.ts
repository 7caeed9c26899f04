import type { Window } from '@tidemark/contracts';
import { lookUp, textOf } from '../answer/look-up.ts';
import { parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';

/** An integer this much above all others is taken for an outlier where the definition says nothing. */
export const MAX_STEP = 1_000_000;

/**
 * The values of an integer cursor on a page, each widened downwards by `maxStep`, as the text of a `nummultirange`: values
 * that follow each other closely make one range, which ends with the greatest of them. When a chunk is done, the ranges of
 * all its pages are joined (`tidemark.reached`); a value beyond a gap is an outlier, which covers nothing. Null for cursors
 * that have a clock.
 */
export function seenValues(
  definition: Definition,
  window: Window | null,
  records: readonly unknown[],
): string | null {
  const { incremental } = definition;
  if (incremental.kind !== 'cursor' || incremental.unit !== 'integer' || !window) return null;
  const step = BigInt(incremental.maxStep ?? MAX_STEP);
  // A source that does not look at the window's beginning must not make the first range.
  const least = window.from === null ? undefined : BigInt(window.from);
  const values = valuesOf(definition, incremental.field, records)
    .filter((value) => least === undefined || value >= least)
    .toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  const ranges: { readonly from: bigint; to: bigint }[] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last && value - step <= last.to) last.to = value;
    else ranges.push({ from: value - step, to: value });
  }
  return `{${ranges.map(({ from, to }) => `[${from},${to}]`).join(',')}}`;
}

function valuesOf({ target }: Definition, field: string, records: readonly unknown[]): bigint[] {
  const path = (target.kind === 'table' ? target.fields[field]?.path : undefined) ?? field;
  return records.flatMap((record) => {
    const text = textOf(lookUp(record, path));
    const digits = text === undefined ? undefined : parseCursor(text, 'integer');
    return digits === undefined ? [] : [BigInt(digits)];
  });
}
