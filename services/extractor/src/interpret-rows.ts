import type { RowsPage } from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import { digestOf, type PageResult } from './interpret-page.ts';

/** What a page of a query becomes: it knows by itself what follows it. */
export function interpretRows(task: PageTask, page: RowsPage): PageResult {
  const { parts, next, bound, seen, signal, warning, doubt } = page;
  const { seq } = task.page;
  const place = next && { ...task.page, seq: seq + 1, place: next, bound, stride: null };
  return {
    outcome: place ? 'page' : 'last',
    parts,
    digest: digestOf(parts),
    next: place ? [place] : [],
    last: !place,
    bound,
    signal,
    seen,
    warnings: warning === undefined ? [] : [warning],
    notice: doubt === undefined ? undefined : { kind: 'unsettled', reason: doubt },
  };
}
