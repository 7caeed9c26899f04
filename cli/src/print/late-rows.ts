import type { LateRowsRow } from '@tidemark/store';
import { showCounted, showDuration } from './show.ts';

/** What late rows of a collector say, in one sentence; undefined when there were none. */
export function lateSentence(row: LateRowsRow): string | undefined {
  if (row.late_records === 0) return undefined;
  const { max_lateness_seconds: seconds, lookback_needed: needed, lookback } = row;
  const lateness =
    seconds === null ? '' : `, asked for ${showDuration(seconds)} after their cursor at most`;
  const depth = `${needed ?? '0'} below the watermark`;
  const advice = row.is_lookback_short ? ': incremental.lookback is too short, make it longer' : '';
  return `${showCounted(row.late_records, 'late row')}${lateness}, ${depth}; the look-back is ${lookback ?? '0s'}${advice}`;
}
