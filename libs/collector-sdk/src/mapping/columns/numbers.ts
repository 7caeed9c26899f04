import { isAbsent } from './absent.ts';
import { NULL_TEXT } from './copy-text.ts';
import { isRawJson } from '../../answer/raw-json.ts';

const integer = /^([+-]?\d+)(?:\.0*)?$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,5})?$/i;
const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;
/** So many digits always fit into 64 bits. */
const SAFE_DIGITS = 18;

/** A whole number of 64 bits; anything outside, and anything with a fraction, is not one. */
export function toBigint(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (isAbsent(value)) return NULL_TEXT;
  const text = numberText(value);
  if (text === undefined)
    return Number.isInteger(value) ? inRange(BigInt(value as number)) : undefined;
  const digits = integer.exec(text)?.[1];
  if (digits === undefined) return undefined;
  return digits.length <= SAFE_DIGITS && !digits.startsWith('+')
    ? digits
    : inRange(BigInt(digits.replace('+', '')));
}

/** A decimal of any length, digit for digit. */
export function toNumeric(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (isAbsent(value)) return NULL_TEXT;
  const text = numberText(value);
  return text !== undefined && decimal.test(text) ? text : undefined;
}

const booleans: Readonly<Record<string, 't' | 'f'>> = {
  true: 't',
  t: 't',
  yes: 't',
  y: 't',
  '1': 't',
  false: 'f',
  f: 'f',
  no: 'f',
  n: 'f',
  '0': 'f',
};

export function toBoolean(value: unknown): string | undefined {
  if (value === true) return 't';
  if (value === false) return 'f';
  if (isAbsent(value)) return NULL_TEXT;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim().toLowerCase();
  return Object.hasOwn(booleans, text) ? booleans[text] : undefined;
}

function inRange(value: bigint): string | undefined {
  return value >= LEAST && value <= GREATEST ? value.toString() : undefined;
}

function numberText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'bigint') return value.toString();
  return isRawJson(value) ? value.rawJSON : undefined;
}
