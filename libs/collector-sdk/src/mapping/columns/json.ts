import { isAbsent } from './absent.ts';
import { copyText, NULL_TEXT } from './copy-text.ts';

/** A JSON value of any shape; numbers kept by their digits are written digit for digit. */
export function toJson(value: unknown): string | undefined {
  if (isAbsent(value)) return NULL_TEXT;
  if (typeof value === 'bigint') return value.toString();
  return copyText(storableJson(JSON.stringify(value)));
}

// An escaped backslash is matched whole, so that what follows it is never taken for an escape.
const escaped = /\\(?:u0000|u(d[89a-f][0-9a-f]{2})|[^u]|u)/gi;

/** JSON text without what `jsonb` refuses: U+0000, and halves of surrogate pairs. */
export function storableJson(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(escaped, (match: string, surrogate: string | undefined) => {
    if (match === '\\u0000') return '';
    return surrogate === undefined ? match : '\ufffd';
  });
}
