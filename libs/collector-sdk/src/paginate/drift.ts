import type { PagePlace } from '@tidemark/contracts';
import type { Paginate } from '../definition/paginate.ts';
import type { PageRead } from './page-read.ts';
import { isCounting, totalOf } from './totals.ts';

/**
 * Why records may have been skipped between the page before and this one; undefined when none was, or nobody looks. By
 * overlap, the last records of the page before must stand in this page, side by side and in their order: new records in
 * front of them push all places back and skip nothing, removed ones pull unread records in front of the place.
 */
export function driftOf(paginate: Paginate, at: PagePlace, page: PageRead): string | undefined {
  const { trail } = at;
  if (!trail || trail.pages === 0 || !isCounting(paginate) || !paginate.drift) return undefined;
  if (paginate.drift.by === 'total') {
    const total = totalOf(paginate, page);
    if (total === undefined || trail.total === undefined || total === trail.total) return undefined;
    return `the total changed from ${trail.total} to ${total}`;
  }
  const tail = trail.tail ?? [];
  if (standsIn(page.keys ?? [], tail)) return undefined;
  return `the last ${tail.length} records of the page before are not in this page`;
}

function standsIn(keys: readonly string[], run: readonly string[]): boolean {
  if (run.length === 0) return true;
  for (let at = 0; at + run.length <= keys.length; at += 1) {
    if (run.every((key, place) => keys[at + place] === key)) return true;
  }
  return false;
}
