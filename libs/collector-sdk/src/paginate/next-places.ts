import type { PagePlace } from '@tidemark/contracts';
import type { Definition } from '../definition/definition.ts';
import { stepFrom, totalPagesOf, type PageRead } from './steps.ts';

/** The places that follow a page; `last` when nothing follows in its chunk. */
export interface NextPlaces {
  readonly next: PagePlace[];
  readonly last: boolean;
}

/** A page that leads back to itself: told instead of followed. */
export interface PageLoop {
  readonly loop: string;
}

/**
 * Tells what follows a page. Within a window pages follow each other as the definition's `paginate` says; at a window's
 * end the next window of the stack starts at its first place; with no window left the chunk ends. When page 0 tells the
 * number of pages and several may be asked for at once, the chain is followed in strides: page 0 opens `width` of them,
 * each page is followed by the one `width` further on, and the last one goes on alone if there is more by then.
 */
export function nextPlaces(
  paginate: Definition['paginate'],
  at: PagePlace,
  page: PageRead,
): NextPlaces | PageLoop {
  if (page.recordCount > 0 && at.place['after'] === page.digest) {
    return { loop: 'the page repeats the records of the page before' };
  }
  const stride = at.stride ?? openStride(paginate, at, page);
  if (stride && paginate.kind === 'page' && at.seq < stride.total - 1) {
    return { next: strideFrom({ ...at, stride }, paginate.start), last: false };
  }
  const step = stepFrom(paginate, at.place, page);
  if (!step) return leaveWindow(at);
  if ('cursor' in step && step['cursor'] === at.place['cursor']) {
    return { loop: 'the page names itself as the next one' };
  }
  // The digest travels along so that the next page can tell whether it repeats this one.
  const place = { ...step, after: page.digest };
  return { next: [{ ...at, seq: at.seq + 1, place, stride: null }], last: false };
}

/** A window is never crossed by a stride: a place and its seq would not go together. */
function openStride(
  paginate: Definition['paginate'],
  at: PagePlace,
  page: PageRead,
): PagePlace['stride'] {
  if (at.seq !== 0 || at.windows.length > 1) return null;
  if (paginate.kind !== 'page' || paginate.width === 1) return null;
  const total = totalPagesOf(paginate, page.answer);
  return total !== undefined && total > 1 ? { width: paginate.width, total } : null;
}

function strideFrom(
  at: PagePlace & { readonly stride: NonNullable<PagePlace['stride']> },
  start: number,
): PagePlace[] {
  const { width, total } = at.stride;
  const first = at.seq === 0 ? 1 : at.seq + width;
  const end = Math.min(total, at.seq === 0 ? 1 + width : first + 1);
  const next: PagePlace[] = [];
  for (let seq = first; seq < end; seq += 1)
    next.push({ ...at, seq, place: { page: start + seq } });
  return next;
}

function leaveWindow(at: PagePlace): NextPlaces {
  const windows = at.windows.slice(1);
  if (windows.length === 0) return { next: [], last: true };
  return { next: [{ ...at, seq: at.seq + 1, place: {}, windows, stride: null }], last: false };
}
