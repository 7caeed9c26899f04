import type { PagePlace } from '@tidemark/contracts';
import { lookUp, textOf } from '../answer/look-up.ts';
import type { Paginate } from '../definition/paginate.ts';
import { writeKeysetPlace } from './keyset-place.ts';
import { findLink } from './link-header.ts';
import { placeAt } from './next-address.ts';
import type { PageRead } from './page-read.ts';
import { tellsNested, toldText, toldYes } from './told.ts';
import { pageSize, totalOf, totalPagesOf, type Counting } from './totals.ts';
import type { PageTrouble } from './trouble.ts';

type PaginateOf<Kind extends Paginate['kind']> = Extract<Paginate, { kind: Kind }>;

/** The paginator's own place of the following page; undefined when the window is read to its end. */
export type Step = { readonly place: PagePlace['place'] } | PageTrouble | undefined;

/** One step along a chain of pages, by what the page itself says. */
export function stepFrom(paginate: Paginate, at: PagePlace, page: PageRead): Step {
  const isAnswered = paginate.kind === 'cursor' || paginate.kind === 'next-url';
  if (isAnswered && tellsNested(paginate.next, page)) {
    // Taken for nothing, it would end every chunk with its first page.
    const reason =
      'there is no text at paginate.next, but an object or a list: name the place of the text in it';
    return { code: 'RESPONSE_INVALID', reason };
  }
  switch (paginate.kind) {
    case 'none':
      return undefined;
    case 'page':
      return stepByNumber(paginate, at, page);
    case 'offset':
      return stepByOffset(paginate, at, page);
    case 'cursor':
      return stepByCursor(paginate, at, page);
    case 'keyset':
      return stepByKeyset(paginate, at, page);
    case 'next-url':
      return stepByAddress(toldText(paginate.next, page), page);
    case 'link':
      return stepByAddress(findLink(page.head?.headers['link'] ?? '', paginate.rel), page);
  }
}

function stepByNumber(paginate: PaginateOf<'page'>, at: PagePlace, page: PageRead): Step {
  const number = Number(at.place['page'] ?? paginate.start);
  const pages = number - paginate.start + 1;
  const total = totalPagesOf(paginate, at, page);
  const isLast = total === undefined ? isEnd(paginate, at, page) : pages >= total;
  return isLast ? undefined : { place: { page: number + 1 } };
}

function stepByOffset(paginate: PaginateOf<'offset'>, at: PagePlace, page: PageRead): Step {
  const { recordCount } = page;
  const repeated = at.trail?.tail?.length ?? 0;
  const offset = Number(at.place['offset'] ?? paginate.start);
  const total = totalOf(paginate, page);
  if (recordCount <= repeated) return undefined;
  const read = offset - paginate.start + recordCount;
  const isLast = total === undefined ? isEnd(paginate, at, page) : read >= total;
  if (isLast) return undefined;
  return { place: { offset: offset + recordCount - overlapOf(paginate, recordCount) } };
}

/** How many of the last records are asked for again with the next page; never all of them, or paging would stand still. */
export function overlapOf(paginate: Paginate, recordCount: number): number {
  if (paginate.kind !== 'offset' || paginate.drift?.by !== 'overlap') return 0;
  return Math.max(0, Math.min(paginate.drift.records, recordCount - 1));
}

function stepByCursor(paginate: PaginateOf<'cursor'>, at: PagePlace, page: PageRead): Step {
  const cursor = toldText(paginate.next, page);
  const isAsked = cursor === at.place['cursor'];
  if (cursor === undefined || cursor === 'false') return undefined;
  // Some sources answer the end with an empty page that repeats the cursor.
  if (page.recordCount === 0 && isAsked) return undefined;
  if (toldYes(paginate.more, page) === false) return undefined;
  if (isAsked) return { code: 'PAGE_LOOP', reason: 'the page names itself as the next one' };
  return { place: { cursor } };
}

function stepByKeyset(paginate: PaginateOf<'keyset'>, at: PagePlace, page: PageRead): Step {
  if (isEnd(paginate, at, page)) return undefined;
  const values: Record<string, string> = {};
  for (const [parameter, path] of Object.entries(paginate.after)) {
    const value = textOf(lookUp(page.lastRecord, path));
    if (value === undefined) {
      const reason = `the last record of the page has nothing at "${path}": correct paginate.after.${parameter}`;
      return { code: 'RESPONSE_INVALID', reason };
    }
    values[parameter] = value;
  }
  const place = writeKeysetPlace(values);
  if (place.after !== at.place['after']) return { place };
  return { code: 'PAGE_LOOP', reason: 'the page ends where the one before did' };
}

function stepByAddress(address: string | undefined, page: PageRead): Step {
  if (address === undefined || address === 'false') return undefined;
  const place = placeAt(address, page.head);
  return isTrouble(place) ? place : { place };
}

function isTrouble(place: PagePlace['place'] | PageTrouble): place is PageTrouble {
  return 'code' in place;
}

/** Whether a page is the last one where no total is told. */
function isEnd(paginate: Counting | PaginateOf<'keyset'>, at: PagePlace, page: PageRead): boolean {
  const follows = toldYes(paginate.more, page);
  if (follows !== undefined) return !follows;
  const { recordCount } = page;
  if (recordCount === 0) return true;
  return paginate.until === 'short' && isShort(recordCount, pageSize(paginate, at, page));
}

/**
 * Whether a page is the last one by its length. Some sources silently give smaller pages than were asked for, always of
 * a round number of records: such a page is not taken for the last, which costs one empty request now and then.
 */
function isShort(recordCount: number, size: number | undefined): boolean {
  if (size === undefined || recordCount >= size) return false;
  const isRound = recordCount % 10 === 0 || recordCount % 25 === 0 || recordCount % 16 === 0;
  return !isRound;
}
