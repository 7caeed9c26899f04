import { TerminalError } from '@tidemark/runtime';
import type { z } from 'zod';
import { dayOf, daysOf, floorDiv } from './calendar.ts';
import type { CursorFormat as CursorFormatSchema } from './definition/cursor-format.ts';

export { durationToMicros, durationToMs } from './duration.ts';

export type CursorFormat = z.infer<typeof CursorFormatSchema>;

/** How a cursor is written; `time` is what people write: a date, or an instant with a zone. */
export type CursorNotation = CursorFormat | 'time';

const DAY = 86_400_000_000n;

/** How many microseconds one step of a notation is; integers count in ones. */
const granularity: Readonly<Record<CursorNotation, bigint>> = {
  time: 1n,
  iso: 1n,
  date: DAY,
  'epoch-s': 1_000_000n,
  'epoch-ms': 1_000n,
  'epoch-us': 1n,
  integer: 1n,
};

/**
 * A cursor value as digits: microseconds since 1970 UTC, or the integer itself. What is finer than a microsecond is
 * dropped; an instant without a zone, and a day that does not exist, throw.
 */
export function cursorToDigits(value: string | number, notation: CursorNotation): string {
  const digits = parseCursor(value, notation);
  if (digits === undefined) {
    throw new TerminalError(
      'WINDOW_INVALID',
      `"${String(value).slice(0, 60)}" is not ${wanted(notation)}`,
    );
  }
  return digits;
}

/** Like `cursorToDigits`, but undefined for a value that is not of the notation. */
export function parseCursor(value: string | number, notation: CursorNotation): string | undefined {
  const text = String(value).trim();
  switch (notation) {
    case 'time':
    case 'iso':
    case 'date':
      return parseInstant(text);
    case 'epoch-s':
    case 'epoch-ms':
    case 'epoch-us':
      return parseEpoch(text, granularity[notation]);
    case 'integer':
      return /^-?\d{1,30}$/.test(text) ? BigInt(text).toString() : undefined;
  }
}

/** Digits in the notation of a request, rounded down to what it can express. */
export function digitsToCursor(digits: string, notation: CursorNotation): string {
  const micros = BigInt(digits);
  switch (notation) {
    case 'time':
    case 'iso':
      return formatInstant(micros);
    case 'date':
      return formatDate(micros);
    case 'epoch-s':
    case 'epoch-ms':
    case 'epoch-us':
      return floorDiv(micros, granularity[notation]).toString();
    case 'integer':
      return micros.toString();
  }
}

/** The latest value that the notation can express and that is not after the given one. */
export function floorDigits(digits: string, notation: CursorNotation): string {
  const step = granularity[notation];
  return (floorDiv(BigInt(digits), step) * step).toString();
}

const instant =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?(Z|[+-]\d{2}:?\d{2}))?$/i;

function parseInstant(text: string): string | undefined {
  const match = instant.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    match;
  const days = daysOf({ year: Number(year), month: Number(month), day: Number(day) });
  const offset = zoneMinutes(zone);
  // A leap second (60) is read as the first moment of the next minute, as PostgreSQL does.
  if (days === undefined || offset === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const minutes = (BigInt(days) * 24n + BigInt(hour)) * 60n + BigInt(minute) - BigInt(offset);
  const micros = BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return ((minutes * 60n + BigInt(second)) * 1_000_000n + micros).toString();
}

function zoneMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 15 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function parseEpoch(text: string, step: bigint): string | undefined {
  const match = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '0', fraction = ''] = match;
  const scale = step.toString().length - 1;
  const micros = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return (sign === '-' ? -micros : micros).toString();
}

function formatDate(micros: bigint): string {
  const { year, month, day } = dayOf(Number(floorDiv(micros, DAY)));
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function formatInstant(micros: bigint): string {
  const ofDay = micros - floorDiv(micros, DAY) * DAY;
  const seconds = Number(ofDay / 1_000_000n);
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => pad(part, 2))
    .join(':');
  const fraction = (ofDay % 1_000_000n).toString().padStart(6, '0');
  // Many sources read three decimals only, so more are written only where they say something.
  const decimals = fraction === '000000' ? '' : `.${fraction.replace(/000$/, '')}`;
  return `${formatDate(micros)}T${time}${decimals}Z`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function wanted(notation: CursorNotation): string {
  if (notation === 'integer') return 'an integer';
  if (notation.startsWith('epoch')) return `a number (${notation})`;
  return 'a date or an instant with a zone, such as 2024-01-31 or 2024-01-31T12:00:00Z';
}
