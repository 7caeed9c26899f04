import { isAbsent } from './absent.ts';
import type { Convert } from './convert.ts';
import { NULL_TEXT } from './copy-text.ts';

/** An array of values that never need escaping, as PostgreSQL writes it; an element that is nothing is NULL. */
export function arrayConverter(convert: Convert): Convert {
  return (value) => {
    if (!Array.isArray(value)) return isAbsent(value) ? NULL_TEXT : undefined;
    const elements: string[] = [];
    for (const element of value as unknown[]) {
      const text = convert(element);
      if (text === undefined) return undefined;
      elements.push(text === NULL_TEXT ? 'NULL' : `"${text}"`);
    }
    return `{${elements.join(',')}}`;
  };
}
