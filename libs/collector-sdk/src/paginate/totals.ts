import type { PagePlace } from '@tidemark/contracts';
import type { Paginate } from '../definition/paginate.ts';
import type { PageRead } from './page-read.ts';
import { toldCount } from './told.ts';

/** The kinds whose places are counted. */
export type Counting = Extract<Paginate, { kind: 'page' | 'offset' }>;

export function isCounting(paginate: Paginate): paginate is Counting {
  return paginate.kind === 'page' || paginate.kind === 'offset';
}

/** What an answer tells as the total, in pages or records; undefined when it tells none, or 0 although it has records. */
export function totalOf(paginate: Counting, page: PageRead): number | undefined {
  const pages = paginate.kind === 'page' ? paginate.totalPages : undefined;
  const total = toldCount(pages ?? paginate.totalRecords, page);
  return total === 0 && page.recordCount > 0 ? undefined : total;
}

/**
 * How many records a page has: what was asked for, or what the first page of the window really had where the source makes
 * pages smaller. Undefined when nothing was asked for and the first page is not read yet.
 */
export function pageSize(paginate: Paginate, at: PagePlace, page: PageRead): number | undefined {
  const asked = paginate.kind === 'none' ? undefined : paginate.size?.value;
  if (at.trail?.size !== undefined) return at.trail.size;
  const isFirst = (at.trail?.pages ?? 0) === 0;
  if (!isFirst || page.recordCount === 0 || !isCounting(paginate)) return asked;
  const total = toldCount(paginate.totalRecords, page);
  const isMade = asked === undefined || page.recordCount < asked;
  return isMade && total !== undefined && page.recordCount < total ? page.recordCount : asked;
}

/** The number of pages of a window by what the answer tells; undefined when it tells no total. */
export function totalPagesOf(
  paginate: Counting,
  at: PagePlace,
  page: PageRead,
): number | undefined {
  const total = totalOf(paginate, page);
  if (total === undefined) return undefined;
  if (paginate.kind === 'page' && paginate.totalPages !== undefined) return total;
  const size = pageSize(paginate, at, page);
  return size === undefined ? undefined : Math.ceil(total / size);
}
