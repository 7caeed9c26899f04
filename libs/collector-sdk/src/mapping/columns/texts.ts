import { isAbsent } from './absent.ts';
import { copyText, NULL_TEXT } from './copy-text.ts';
import { isRawJson } from '../../answer/raw-json.ts';

/** Text keeps what it is given, also `NaN` and the empty string; scalars are written as JSON writes them. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return copyText(value);
  if (value === null || isNothing(value)) return NULL_TEXT;
  return scalarText(value);
}

/** An array of scalars as PostgreSQL writes it. */
export function toTextArray(value: unknown): string | undefined {
  if (!Array.isArray(value)) return isAbsent(value) ? NULL_TEXT : undefined;
  const elements: string[] = [];
  for (const element of value as unknown[]) {
    const text = typeof element === 'string' ? element : elementText(element);
    if (text === undefined) return undefined;
    elements.push(text === null ? 'NULL' : `"${text.replace(/["\\]/g, String.raw`\$&`)}"`);
  }
  return copyText(`{${elements.join(',')}}`);
}

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export function toUuid(value: unknown): string | undefined {
  if (isAbsent(value)) return NULL_TEXT;
  return typeof value === 'string' && uuid.test(value) ? value : undefined;
}

function elementText(value: unknown): string | null | undefined {
  return value === null || isNothing(value) ? null : scalarText(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function scalarText(value: unknown): string | undefined {
  if (isRawJson(value)) return value.rawJSON;
  const isScalar =
    typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
  return isScalar ? String(value) : undefined;
}
