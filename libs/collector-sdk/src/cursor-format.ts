import { TerminalError } from '@tidemark/runtime';
import type { z } from 'zod';
import { dayOf, daysOf, floorDiv } from './calendar.ts';
import { dayFormats, type CursorFormat as CursorFormatSchema } from './definition/cursor-format.ts';
import { instantOf, localTime, type WindowEnd } from './zone.ts';

export { durationToMicros, durationToMs } from './duration.ts';

export type CursorFormat = z.infer<typeof CursorFormatSchema>;
export type DayFormat = (typeof dayFormats)[number];

/** How a cursor is written; `time` is what people write: a date, or an instant with a zone. */
export type CursorNotation = CursorFormat | 'time';

const DAY = 86_400_000_000n;

/** How many digits an epoch's whole number is away from microseconds. */
const epochSteps = { 'epoch-s': 1_000_000n, 'epoch-ms': 1_000n, 'epoch-us': 1n } as const;

/**
 * A cursor value as digits: microseconds since 1970 UTC, or the integer itself. What is finer than a microsecond is dropped.
 * Days and local times are those of the zone; a day that does not exist, and a local time without a zone, throw.
 */
export function cursorToDigits(
  value: string | number,
  notation: CursorNotation,
  zone = 'UTC',
  end: WindowEnd = 'from',
): string {
  const digits = parseCursor(value, notation, zone, end);
  if (digits === undefined) {
    throw new TerminalError(
      'WINDOW_INVALID',
      `"${String(value).slice(0, 60)}" is not ${wanted(notation, zone)}`,
    );
  }
  return digits;
}

/** Like `cursorToDigits`, but undefined for a value that is not of the notation. */
export function parseCursor(
  value: string | number,
  notation: CursorNotation,
  zone = 'UTC',
  end: WindowEnd = 'from',
): string | undefined {
  const text = String(value).trim();
  if (isDayFormat(notation)) return parseDay(text, notation, zone)?.toString();
  switch (notation) {
    case 'integer':
      return /^-?\d{1,30}$/.test(text) ? BigInt(text).toString() : undefined;
    case 'epoch-s':
    case 'epoch-ms':
    case 'epoch-us':
      return parseEpoch(text, epochSteps[notation]);
    case 'time':
    case 'iso':
    case 'iso-local':
      return parseInstant(text, zone, end)?.toString();
  }
}

/**
 * Digits in the notation of a request, as an end of a window that is never made narrower: rounded down as `from`, up as
 * `to`, and past an hour that clocks repeat.
 */
export function digitsToCursor(
  digits: string,
  notation: CursorNotation,
  zone = 'UTC',
  end: WindowEnd = 'from',
): string {
  const value = BigInt(digits);
  if (isDayFormat(notation)) {
    return formatDay(Number(divide(localTime(zone, value, end), DAY, end)), notation);
  }
  switch (notation) {
    case 'integer':
      return value.toString();
    case 'epoch-s':
    case 'epoch-ms':
    case 'epoch-us':
      return divide(value, epochSteps[notation], end).toString();
    case 'time':
    case 'iso':
      return `${formatLocal(value)}Z`;
    case 'iso-local':
      return formatLocal(localTime(zone, value, end));
  }
}

/** The latest value that the notation can express and that is not after the given one. */
export function floorDigits(digits: string, notation: CursorNotation, zone = 'UTC'): string {
  const value = BigInt(digits);
  if (isDayFormat(notation)) {
    const day = floorDiv(localTime(zone, value, 'from'), DAY);
    return instantOf(zone, day * DAY).toString();
  }
  switch (notation) {
    case 'epoch-s':
    case 'epoch-ms':
    case 'epoch-us':
      return (floorDiv(value, epochSteps[notation]) * epochSteps[notation]).toString();
    case 'time':
    case 'iso':
    case 'iso-local':
    case 'integer':
      return digits;
  }
}

/** A day, counted from 1970-01-01, as it is written. */
export function formatDay(days: number, format: DayFormat = 'date'): string {
  const { year, month, day } = dayOf(days);
  return patternOf(format)
    .replace('yyyy', pad(year, 4))
    .replace('MM', pad(month, 2))
    .replace('dd', pad(day, 2));
}

/** Whether a format says days only. */
export function isDayFormat(format: string): format is DayFormat {
  return (dayFormats as readonly string[]).includes(format);
}

/** A day as the days since 1970-01-01; undefined when the text is not such a day. */
export function parseDays(text: string, format: DayFormat): number | undefined {
  const { year, month, day } = dayPatterns[format].exec(text)?.groups ?? {};
  return daysOf({ year: Number(year), month: Number(month), day: Number(day) });
}

function patternOf(format: DayFormat): string {
  return format === 'date' ? 'yyyy-MM-dd' : format;
}

const dayPatterns = Object.fromEntries(
  dayFormats.map((format) => {
    const pattern = patternOf(format)
      .replace('yyyy', String.raw`(?<year>\d{4})`)
      .replace('MM', String.raw`(?<month>\d{2})`)
      .replace('dd', String.raw`(?<day>\d{2})`);
    return [format, new RegExp(`^${pattern}$`)];
  }),
) as Readonly<Record<DayFormat, RegExp>>;

function parseDay(text: string, format: DayFormat, zone: string): bigint | undefined {
  const days = parseDays(text, format);
  return days === undefined ? undefined : instantOf(zone, BigInt(days) * DAY);
}

const instant =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function parseInstant(text: string, zone: string, end: WindowEnd): bigint | undefined {
  const match = instant.exec(text);
  if (!match) return undefined;
  const [, date = '', hour, minute = '0', second = '0', fraction = '', offset] = match;
  if (hour === undefined) return parseDay(date, 'date', zone);
  const days = parseDays(date, 'date');
  const offsetMinutes = offset === undefined ? 0 : zoneMinutes(offset);
  if (days === undefined || offsetMinutes === undefined) return undefined;
  // A leap second (60) is read as the first moment of the next minute, as PostgreSQL does.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const minutes = (BigInt(days) * 24n + BigInt(hour)) * 60n + BigInt(minute);
  const micros = BigInt(fraction.padEnd(6, '0').slice(0, 6));
  const local = (minutes * 60n + BigInt(second)) * 1_000_000n + micros;
  if (offset !== undefined) return local - BigInt(offsetMinutes) * 60_000_000n;
  // Without any zone a local time says nothing.
  return zone === 'UTC' ? undefined : instantOf(zone, local, end);
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

function divide(value: bigint, by: bigint, end: WindowEnd): bigint {
  return end === 'from' ? floorDiv(value, by) : -floorDiv(-value, by);
}

function formatLocal(micros: bigint): string {
  const days = floorDiv(micros, DAY);
  const ofDay = micros - days * DAY;
  const seconds = Number(ofDay / 1_000_000n);
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => pad(part, 2))
    .join(':');
  const fraction = (ofDay % 1_000_000n).toString().padStart(6, '0');
  // Many sources read three decimals only, so more are written only where they say something.
  const decimals = fraction === '000000' ? '' : `.${fraction.replace(/000$/, '')}`;
  return `${formatDay(Number(days))}T${time}${decimals}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function wanted(notation: CursorNotation, zone: string): string {
  if (notation === 'integer') return 'an integer';
  if (notation.startsWith('epoch')) return `a number (${notation})`;
  if (isDayFormat(notation) && notation !== 'date') return `a day (${notation})`;
  const withZone = zone === 'UTC' ? ' with a zone' : '';
  return `a date or an instant${withZone}, such as 2024-01-31 or 2024-01-31T12:00:00Z`;
}
