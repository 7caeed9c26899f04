import type { AskedRange, Window } from '@tidemark/contracts';
import { cursorToDigits, digitsToCursor, durationToMicros, isDayFormat } from '../cursor-format.ts';
import type { CursorFormat } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import type { WindowEnd } from '../zone.ts';

const DAY = durationToMicros('1d');
const HOURS_OF_LONGEST_DAY = 26n;

/**
 * The values of the cursor that a source may give for a window, both ends included: as the format of its requests says them,
 * and never finer than a second, since many sources read whole seconds only. Undefined where nothing is asked by a window.
 */
export function askedRange(
  { incremental }: Definition,
  window: Window | null,
): AskedRange | undefined {
  if (incremental.kind !== 'cursor' || !window) return undefined;
  if (window.from === null && window.to === null) return undefined;
  const { format, zone } = incremental;
  return {
    from: window.from === null ? null : floorOf(window.from, format, zone),
    to: window.to === null ? null : lastOf(window.to, format, zone),
  };
}

function floorOf(digits: string, format: CursorFormat, zone: string): string {
  const asked = askedEnd(digits, { format, zone }, 'from');
  const value = BigInt(asked);
  const unit = unitOf(format);
  return (value - (((value % unit) + unit) % unit)).toString();
}

/** The last value that belongs to an end as it is written: the whole of its day, its second. */
function lastOf(digits: string, format: CursorFormat, zone: string): string {
  const asked = askedEnd(digits, { format, zone }, 'to');
  if (isDayFormat(format)) {
    const within = BigInt(asked) + (DAY / 24n) * HOURS_OF_LONGEST_DAY;
    const next = cursorToDigits(digitsToCursor(within.toString(), format, zone), format, zone);
    return (BigInt(next) - 1n).toString();
  }
  const unit = unitOf(format);
  const value = BigInt(asked);
  return (value - (((value % unit) + unit) % unit) + unit - 1n).toString();
}

/** An end as the source reads it. Local time in UTC is no text with a meaning of its own, but exact. */
function askedEnd(
  digits: string,
  { format, zone }: { readonly format: CursorFormat; readonly zone: string },
  end: WindowEnd,
): string {
  if (format === 'iso-local' && zone === 'UTC') return digits;
  return cursorToDigits(digitsToCursor(digits, format, zone, end), format, zone, end);
}

function unitOf(format: CursorFormat): bigint {
  if (isDayFormat(format)) return 1n;
  switch (format) {
    case 'integer':
    case 'epoch-us':
      return 1n;
    case 'epoch-ms':
      return 1_000n;
    case 'epoch-s':
    case 'iso':
    case 'iso-local':
      return 1_000_000n;
  }
}
