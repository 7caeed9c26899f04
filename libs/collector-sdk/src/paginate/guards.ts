import { createHash } from 'node:crypto';
import type { PagePlace, Trail } from '@tidemark/contracts';
import { canonicalJson } from '../canonical-json.ts';
import type { Paginate } from '../definition/paginate.ts';
import type { PageRead } from './page-read.ts';
import { overlapOf } from './steps.ts';
import { isCounting, pageSize, totalOf, totalPagesOf } from './totals.ts';
import { toldCount } from './told.ts';

/** Whether a page has the records of the page before; in a stride, of page 0. */
export function isRepeated(at: PagePlace, page: PageRead): boolean {
  return page.recordCount > 0 && at.trail?.after === page.digest;
}

/**
 * Whether the chain has been here before. One page is remembered, at each power of two of the window's pages, so a circle
 * of any length is met within a few times its length, and the task stays small.
 */
export function isCircle({ place, trail }: PagePlace, page: PageRead): boolean {
  const mark = trail?.mark;
  if (!mark) return false;
  return (page.recordCount > 0 && mark.content === page.digest) || mark.place === nameOf(place);
}

/** What this page leaves to the one that follows it in its window. */
export function trailAfter(paginate: Paginate, at: PagePlace, page: PageRead): Trail {
  const before = at.trail;
  const pages = before?.pages ?? 0;
  const isMarked = (pages & (pages - 1)) === 0;
  const tail = tailOf(paginate, page);
  return {
    pages: pages + 1,
    records: (before?.records ?? 0) + page.recordCount,
    rereads: before?.rereads ?? 0,
    after: page.digest,
    mark: isMarked ? { content: page.digest, place: nameOf(at.place) } : before?.mark,
    size: sizeAfter(paginate, at, page),
    total: pages === 0 && isCounting(paginate) ? totalOf(paginate, page) : before?.total,
    ...(tail && { tail }),
  };
}

function tailOf(paginate: Paginate, page: PageRead): string[] | undefined {
  const overlap = overlapOf(paginate, page.recordCount);
  return overlap > 0 ? page.keys?.slice(-overlap) : undefined;
}

/** The size of pages is told only where it is not the one that was asked for. */
function sizeAfter(paginate: Paginate, at: PagePlace, page: PageRead): number | undefined {
  if (paginate.kind === 'none') return undefined;
  if ((at.trail?.pages ?? 0) > 0) return at.trail?.size;
  const asked = paginate.size?.value;
  const size = pageSize(paginate, at, page);
  if (size !== asked) return size;
  const isSmaller = asked !== undefined && page.recordCount < asked;
  return isSmaller && page.recordCount > 0 ? page.recordCount : undefined;
}

/** The pages that the source gives, where they are smaller than the ones asked for; told on the page that proves it. */
export function smallerPages(
  paginate: Paginate,
  at: PagePlace,
  page: PageRead,
): { readonly asked: number; readonly given: number } | undefined {
  const asked = paginate.kind === 'none' ? undefined : paginate.size?.value;
  if (asked === undefined || page.recordCount === 0) return undefined;
  // Where nothing tells that more follows, only the second page shows that the first one was not the last.
  const isGuessed = !tellsMore(paginate, page);
  const given = isGuessed ? at.trail?.size : page.recordCount;
  const isProof = isGuessed ? at.seq === 1 && at.trail?.pages === 1 : at.seq === 0;
  return isProof && given !== undefined && given < asked ? { asked, given } : undefined;
}

/** Whether something says what the last page is, other than its length. */
function tellsMore(paginate: Paginate, page: PageRead): boolean {
  if (paginate.kind === 'keyset') return paginate.more !== undefined;
  if (!isCounting(paginate)) return true;
  return paginate.more !== undefined || totalOf(paginate, page) !== undefined;
}

/**
 * Why a page without records cannot be believed: by the total that it tells itself there are some from its place on, which
 * would be lost. Only the last one of pages that are counted may be empty.
 */
export function missingRecords(
  paginate: Paginate,
  at: PagePlace,
  page: PageRead,
): string | undefined {
  if (!isCounting(paginate) || page.recordCount > 0) return undefined;
  const total = totalOf(paginate, page);
  const place = Number(at.place[paginate.kind] ?? paginate.start);
  const before = place - paginate.start;
  if (paginate.kind === 'page' && paginate.totalPages !== undefined) {
    if (total === undefined || before + 1 >= total) return undefined;
    return `the page is empty, although ${total} pages are told and it is number ${place}`;
  }
  const size = paginate.kind === 'offset' ? 1 : pageSize(paginate, at, page);
  if (total === undefined || (size === undefined && before > 0)) return undefined;
  const read = before * (size ?? 0);
  if (read >= total) return undefined;
  return `the page is empty, although ${total} records are told and ${read} are before it`;
}

/** Why the source will not page this window to its end; undefined when it will, as far as is known after this page. */
export function depthReached(
  paginate: Paginate,
  at: PagePlace,
  page: PageRead,
): string | undefined {
  if (paginate.kind === 'none' || !paginate.maxDepth) return undefined;
  const { pages = Infinity, records = Infinity } = paginate.maxDepth;
  const needed = depthNeeded(paginate, at, page);
  if (needed.pages <= pages && needed.records <= records) return undefined;
  return `the source pages no deeper than ${describe(paginate.maxDepth)}`;
}

/** How deep the window goes by its total; without one, how deep the next page would be. */
function depthNeeded(paginate: Paginate, at: PagePlace, page: PageRead) {
  if (isCounting(paginate)) {
    const total = toldCount(paginate.totalRecords, page);
    const pages = totalPagesOf(paginate, at, page);
    if (pages !== undefined) return { pages, records: total ?? 0 };
  }
  const read = { pages: at.trail?.pages ?? 0, records: at.trail?.records ?? 0 };
  const size = pageSize(paginate, at, page) ?? 1;
  return { pages: read.pages + 2, records: read.records + page.recordCount + size };
}

function describe({
  pages,
  records,
}: {
  pages?: number | undefined;
  records?: number | undefined;
}) {
  const parts = [pages && `${pages} pages`, records && `${records} records`];
  return parts.filter(Boolean).join(' or ');
}

function nameOf(place: PagePlace['place']): string {
  return createHash('sha256').update(canonicalJson(place)).digest('hex').slice(0, 16);
}
