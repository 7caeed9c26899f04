import { lookUp, textOf } from '../answer/look-up.ts';
import { isRawJson } from '../answer/raw-json.ts';
import type { Paginate, Told } from '../definition/paginate.ts';
import type { PageRead } from './page-read.ts';

/** What an answer tells at a place of its body or in a header; undefined when nothing is there. */
export function toldText(told: Told, page: PageRead): string | undefined {
  if (typeof told === 'string') return textOf(lookUp(page.answer, told));
  return page.head?.headers[told.header.toLowerCase()]?.trim() || undefined;
}

/** A number that an answer tells, also as text; undefined when it is none. */
export function toldCount(told: Told | undefined, page: PageRead): number | undefined {
  const text = told === undefined ? undefined : toldText(told, page);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * A yes or no that an answer tells; null, empty, `false`, `0` and `no` are a no. Undefined when nothing is there: who takes
 * that for a no loses all but the first page by a path that is misspelt.
 */
export function toldYes(told: Told | undefined, page: PageRead): boolean | undefined {
  if (told === undefined || !isThere(told, page)) return undefined;
  if (tellsNested(told, page)) return true;
  const text = toldText(told, page);
  return text !== undefined && !/^(false|0|no|null)$/i.test(text);
}

function isThere(told: Told, page: PageRead): boolean {
  if (typeof told === 'string') return lookUp(page.answer, told) !== undefined;
  return page.head?.headers[told.header.toLowerCase()] !== undefined;
}

/** Whether an object or a list with something in it stands where a text is expected: not nothing, but nothing to go on with. */
export function tellsNested(told: Told, page: PageRead): boolean {
  const value = typeof told === 'string' ? lookUp(page.answer, told) : undefined;
  if (typeof value !== 'object' || value === null || isRawJson(value)) return false;
  return Object.keys(value).length > 0;
}

/** The paths in an answer's body that a way of paging looks at. */
export function bodyPaths(paginate: Paginate): string[] {
  const { totalPages, totalRecords, more, next }: Partial<Record<string, unknown>> = paginate;
  return [totalPages, totalRecords, more, next].filter((told) => typeof told === 'string');
}
