import type { PagePlace } from '@tidemark/contracts';
import type { Paginate } from '../definition/paginate.ts';
import { driftOf } from './drift.ts';
import {
  depthReached,
  isCircle,
  isRepeated,
  missingRecords,
  smallerPages,
  trailAfter,
} from './guards.ts';
import type { PageRead } from './page-read.ts';
import { stepFrom } from './steps.ts';
import { isCounting, pageSize, totalPagesOf, type Counting } from './totals.ts';
import type { PageTrouble } from './trouble.ts';

/** The places that follow a page; `last` when nothing follows in its chunk. */
export interface NextPlaces {
  readonly next: PagePlace[];
  readonly last: boolean;
  /** Why the window is begun again. */
  readonly drifted?: string | undefined;
  /** The source gives smaller pages than it is asked for. */
  readonly smaller?: { readonly asked: number; readonly given: number } | undefined;
}

/** Paging cannot reach the end of this window; halves of it may be read to theirs. */
export interface TooDeep {
  readonly tooDeep: string;
}

/**
 * Tells what follows a page. Within a window pages follow each other as the definition's `paginate` says; at a window's
 * end the next window of the stack starts at its first place; with no window left the chunk ends. When page 0 tells the
 * total and several pages may be asked for at once, the chain is followed in strides: page 0 opens `width` of them, each
 * page is followed by the one `width` further on, and the last one goes on alone if there is more by then.
 */
export function nextPlaces(
  paginate: Paginate,
  at: PagePlace,
  page: PageRead,
): NextPlaces | TooDeep | PageTrouble {
  if (paginate.kind === 'none') return leaveWindow(at);
  const drift = driftOf(paginate, at, page);
  if (drift !== undefined) return readAgain(paginate, at, drift);
  if (isRepeated(at, page)) {
    // In a stride the page before is not the one that was asked before.
    const isEnd = isCounting(paginate) && paginate.until === 'repeat' && !at.stride;
    if (isEnd) return leaveWindow(at);
    return loop('the page repeats the records of an earlier one');
  }
  if (isCircle(at, page)) return loop('the pages go round in a circle');
  const missing = missingRecords(paginate, at, page);
  if (missing !== undefined) return { code: 'RESPONSE_INVALID', reason: missing };
  const following = follow(paginate, at, page);
  if (!('next' in following) || following.last) return following;
  if (following.next.some(({ seq }) => seq >= paginate.maxPages)) {
    const reason = `the chunk has more than ${paginate.maxPages} pages (paginate.maxPages)`;
    return { code: 'PAGES_EXCEEDED', reason };
  }
  return { ...following, smaller: smallerPages(paginate, at, page) };
}

type Following = Exclude<Paginate, { kind: 'none' }>;

function follow(
  paginate: Following,
  at: PagePlace,
  page: PageRead,
): NextPlaces | TooDeep | PageTrouble {
  const deep = depthReached(paginate, at, page);
  const stride = at.stride ?? (deep === undefined ? openStride(paginate, at, page) : null);
  if (stride && isCounting(paginate) && at.seq < stride.total - 1) {
    return { next: strideFrom({ ...at, stride }, paginate, page), last: false };
  }
  const step = stepFrom(paginate, at, page);
  if (!step) return leaveWindow(at);
  if ('code' in step) return step;
  if (deep !== undefined) return { tooDeep: deep };
  const trail = trailAfter(paginate, at, page);
  const next = { ...at, seq: at.seq + 1, place: step.place, stride: null, trail };
  return { next: [next], last: false };
}

/** A window is never crossed by a stride: a place and its seq would not go together. */
function openStride(paginate: Following, at: PagePlace, page: PageRead): PagePlace['stride'] {
  if (at.seq !== 0 || at.windows.length > 1) return null;
  if (!isCounting(paginate) || paginate.width === 1) return null;
  const total = totalPagesOf(paginate, at, page);
  if (total === undefined || total < 2) return null;
  if (paginate.kind === 'page') return { width: paginate.width, total };
  const step = pageSize(paginate, at, page);
  return step === undefined ? null : { width: paginate.width, total, step };
}

type StridePlace = PagePlace & { readonly stride: NonNullable<PagePlace['stride']> };

function strideFrom(at: StridePlace, paginate: Counting, page: PageRead): PagePlace[] {
  const { width, total, step = 1 } = at.stride;
  const first = at.seq === 0 ? 1 : at.seq + width;
  const end = Math.min(total, at.seq === 0 ? 1 + width : first + 1);
  // Page 0 is what every page of a stride is compared with: a source that ignores the place gives it each time.
  const { size } = at.seq === 0 ? trailAfter(paginate, at, page) : (at.trail ?? {});
  const after = at.seq === 0 ? page.digest : at.trail?.after;
  const next: PagePlace[] = [];
  for (let seq = first; seq < end; seq += 1) {
    const records = seq * (size ?? paginate.size?.value ?? 0);
    const trail = { pages: seq, records, rereads: 0, after, size };
    next.push({ ...at, seq, place: { [paginate.kind]: paginate.start + seq * step }, trail });
  }
  return next;
}

/** The window from its first page on, as what follows: what was read of it is loaded too and does no harm. */
function readAgain(paginate: Paginate, at: PagePlace, drifted: string): NextPlaces | PageTrouble {
  const limit = (isCounting(paginate) && paginate.drift?.rereads) || 0;
  const rereads = at.trail?.rereads ?? 0;
  if (rereads >= limit) {
    const reason = `records came or went while the pages were read, ${rereads + 1} times in a row: ${drifted}`;
    return { code: 'PAGES_DRIFTED', reason };
  }
  const trail = { pages: 0, records: 0, rereads: rereads + 1 };
  return {
    next: [{ ...at, seq: at.seq + 1, place: {}, stride: null, trail }],
    last: false,
    drifted,
  };
}

function leaveWindow(at: PagePlace): NextPlaces {
  const windows = at.windows.slice(1);
  if (windows.length === 0) return { next: [], last: true };
  const { trail: _, ...rest } = at;
  return {
    next: [{ ...rest, seq: at.seq + 1, place: {}, windows, stride: null }],
    last: false,
  };
}

function loop(reason: string): PageTrouble {
  return { code: 'PAGE_LOOP', reason };
}
