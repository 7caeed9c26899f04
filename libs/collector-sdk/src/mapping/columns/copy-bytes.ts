import type { FieldFormat, FieldType } from './convert.ts';
import { isPlainInstant } from './plain-instant.ts';

const [QUOTE, BACKSLASH, MINUS, DOT, ZERO, NINE] = [34, 92, 45, 46, 48, 57];
const [SMALL_T, SMALL_F] = [116, 102];
/** So many digits always fit into 64 bits. */
const SAFE_DIGITS = 18;

/**
 * Whether a JSON value stands in COPY text byte for byte: how many bytes (quotes) go off at each of its ends. -1 leaves the
 * value to the converter of its column, which knows all of them; most need none.
 */
export type PlainBytes = (json: Uint8Array, from: number, to: number) => 0 | 1 | -1;

const plainOf: Readonly<Partial<Record<FieldType, PlainBytes>>> = {
  text: plainText,
  bigint: plainBigint,
  numeric: plainNumeric,
  boolean: plainBoolean,
};

/** The plain values of a column; undefined for types whose values always need their converter. */
export function plainBytesOf(type: FieldType, format: FieldFormat): PlainBytes | undefined {
  return type === 'timestamptz' && format === 'iso' ? plainTimestamp : plainOf[type];
}

/** JSON has no bare control characters, so without a backslash nothing is there that COPY would escape. */
function plainText(json: Uint8Array, from: number, to: number): 0 | 1 | -1 {
  if (json[from] !== QUOTE) return -1;
  for (let at = from + 1; at < to; at += 1) if (json[at] === BACKSLASH) return -1;
  return 1;
}

function plainBigint(json: Uint8Array, from: number, to: number): 0 | -1 {
  const digits = json[from] === MINUS ? from + 1 : from;
  if (to - digits > SAFE_DIGITS || digitsEnd(json, digits, to) !== to) return -1;
  return digits > from && json[digits] === ZERO ? -1 : 0;
}

/** A number without an exponent, digit for digit as the source wrote it. */
function plainNumeric(json: Uint8Array, from: number, to: number): 0 | -1 {
  const whole = json[from] === MINUS ? from + 1 : from;
  const end = digitsEnd(json, whole, to);
  if (end === whole) return -1;
  return end === to || (json[end] === DOT && digitsEnd(json, end + 1, to) === to) ? 0 : -1;
}

/** PostgreSQL takes the words that JSON has. */
function plainBoolean(json: Uint8Array, from: number): 0 | -1 {
  return json[from] === SMALL_T || json[from] === SMALL_F ? 0 : -1;
}

function plainTimestamp(json: Uint8Array, from: number, to: number): 1 | -1 {
  return json[from] === QUOTE && isPlainInstant(json, from + 1, to - 1) ? 1 : -1;
}

function digitsEnd(json: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = json[at] ?? 0;
    if (code < ZERO || code > NINE) break;
    at += 1;
  }
  return at;
}
