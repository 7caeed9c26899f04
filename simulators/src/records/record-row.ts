import { parseKeepingDigits } from '../parse-digits.ts';

/** A record as a caller gives it: a value, or JSON text that is served byte for byte. */
export type GivenRecord = string | { readonly [name: string]: unknown };

/** A record as it is kept: its text and what it is sorted by. */
export interface RecordRow {
  /** The digits or the text of its `id`. */
  id: string;
  /** Its `updated_at` in µs since 1970; −1 when it is absent, null or not a time. */
  updatedMicros: bigint;
  /** The JSON text. */
  text: string;
}

/** Reads what a record is sorted by and leaves its text alone. */
export function readRecordRow(given: GivenRecord): RecordRow {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const parsed = parseKeepingDigits(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new TypeError('a record must be a JSON object');
  }
  const { id, updated_at: updatedAt } = parsed as { id?: unknown; updated_at?: unknown };
  if (typeof id !== 'string') throw new TypeError('a record needs an id: a number or a text');
  const updatedMicros = typeof updatedAt === 'string' ? readMicros(updatedAt) : undefined;
  return { id, updatedMicros: updatedMicros ?? -1n, text };
}

/** Reads an ISO 8601 moment to the microsecond, in UTC when it names no zone. */
export function readMicros(moment: string): bigint | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?$/;
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = parts.exec(moment) ?? [];
  const wholeMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(wholeMs)) return undefined;
  return BigInt(wholeMs) * 1_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** By `updated_at`, then by id: as numbers where both are whole numbers, else as texts. */
export function compareRows(a: RecordRow, b: RecordRow): number {
  if (a.updatedMicros !== b.updatedMicros) return a.updatedMicros < b.updatedMicros ? -1 : 1;
  return compareIds(a.id, b.id);
}

const wholeNumber = /^\d+$/;

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  if (wholeNumber.test(a) && wholeNumber.test(b)) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
}
