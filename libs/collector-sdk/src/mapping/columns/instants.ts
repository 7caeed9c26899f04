import { isRawJson } from '../../answer/raw-json.ts';
import { dayOf, daysOf } from '../../calendar.ts';
import { isAbsent } from './absent.ts';
import type { Convert, InstantFormat } from './convert.ts';
import { NULL_TEXT } from './copy-text.ts';
import { isPlainInstantText } from './plain-instant.ts';

// Instants stay text from the source to PostgreSQL: a JavaScript Date ends at milliseconds.
const dayAtStart = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/i;
const instant =
  /^((\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?)(?:(?<=:\d{2}:\d{2})[.,](\d+))? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/i;
const epoch = /^(-?)(\d{1,20})(?:\.(\d*))?$/;

/** How many digits an epoch's whole number is away from microseconds. */
const shifts = { 'epoch-s': 6, 'epoch-ms': 3, 'epoch-us': 0 } as const;

const DAY_MICROS = 86_400_000_000n;
const FIRST_DAY = -719_162; // 0001-01-01
const LAST_DAY = 2_932_896; // 9999-12-31

/** A day: as it is written, also at the start of an instant; of an epoch the day in UTC. */
export function dateConverter(format: InstantFormat): Convert {
  if (format !== 'iso') return (value) => epochText(value, format, (days) => dayText(days));
  return (value) => {
    if (isAbsent(value)) return NULL_TEXT;
    const match = typeof value === 'string' ? dayAtStart.exec(value.trim()) : null;
    return match && isDay(match[1], match[2], match[3]) ? match[0].slice(0, 10) : undefined;
  };
}

/** An instant, exact to the microsecond; ISO text without a zone is not one. */
export function timestampConverter(format: InstantFormat): Convert {
  return format === 'iso' ? isoInstant : (value) => epochText(value, format, instantText);
}

function isoInstant(value: unknown): string | undefined {
  if (typeof value === 'string' && isPlainInstantText(value)) return value;
  if (isAbsent(value)) return NULL_TEXT;
  const match = typeof value === 'string' ? instant.exec(value.trim()) : null;
  if (!match) return undefined;
  const [, clock = '', year, month, day, hour, minute, second, fraction, zone = ''] = match;
  if (!isDay(year, month, day) || !isTime(hour, minute, second) || !isZone(zone)) return undefined;
  // Finer than a microsecond is dropped, as for epochs: PostgreSQL would round it up.
  const decimals = fraction === undefined ? '' : `.${fraction.slice(0, 6)}`;
  return `${clock}${decimals}${/^[+-]/.test(zone) ? zone : 'Z'}`;
}

function isDay(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
): boolean {
  if (year === '0000') return false;
  if (Number(day) >= 1 && Number(day) <= 28) return Number(month) >= 1 && Number(month) <= 12;
  return daysOf({ year: Number(year), month: Number(month), day: Number(day) }) !== undefined;
}

function isTime(hour?: string, minute?: string, second = '0'): boolean {
  // A second 60 is a leap second, which PostgreSQL takes as the next minute.
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60;
}

function isZone(zone: string): boolean {
  if (!/^[+-]/.test(zone)) return true;
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  return Number(zone.slice(1, 3)) <= 15 && minutes <= 59;
}

function epochText(
  value: unknown,
  format: keyof typeof shifts,
  write: (days: number, microsOfDay: bigint) => string,
): string | undefined {
  if (isAbsent(value)) return NULL_TEXT;
  const micros = epochMicros(value, shifts[format]);
  if (micros === undefined) return undefined;
  const ofDay = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
  const days = Number((micros - ofDay) / DAY_MICROS);
  return days >= FIRST_DAY && days <= LAST_DAY ? write(days, ofDay) : undefined;
}

/** Finer than a microsecond is dropped, towards the past. */
function epochMicros(value: unknown, shift: number): bigint | undefined {
  if (Number.isSafeInteger(value)) return BigInt(value as number) * 10n ** BigInt(shift);
  const text = isRawJson(value) ? value.rawJSON : typeof value === 'boolean' ? '' : String(value);
  const match = epoch.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '0', fraction = ''] = match;
  const micros = BigInt(whole + fraction.slice(0, shift).padEnd(shift, '0'));
  if (sign !== '-') return micros;
  return /[1-9]/.test(fraction.slice(shift)) ? -micros - 1n : -micros;
}

function dayText(days: number): string {
  const { year, month, day } = dayOf(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function instantText(days: number, microsOfDay: bigint): string {
  const micros = Number(microsOfDay);
  const seconds = Math.floor(micros / 1_000_000);
  const [hour, minute, second] = [
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const rest = micros % 1_000_000;
  const decimals = rest === 0 ? '' : `.${pad(rest, 6)}`;
  return `${dayText(days)} ${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${decimals}+00`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
