import { isRawJson } from './raw-json.ts';

/** The value at a path such as `geometry.coordinates.0`; `$` is the value itself. Absent is undefined, null stays null. */
export function lookUp(value: unknown, path: string): unknown {
  if (path === '$') return value;
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || isRawJson(found)) return undefined;
    if (!Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** A text, number or boolean as text, digits kept; anything else, and an empty text, is undefined. */
export function textOf(value: unknown): string | undefined {
  if (isRawJson(value)) return value.rawJSON;
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}
