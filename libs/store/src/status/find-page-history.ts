import type { RunMode } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** What earlier runs of a collector needed. */
export interface PageHistory {
  readonly runs: number;
  /** Of chunks that are done, on the average. */
  readonly pagesPerChunk: number;
  /** From start to end, on the average over all pages. */
  readonly secondsPerPage: number;
}

/** The pages of the newest runs in a mode that ended and read something; undefined when there are none. */
export async function findPageHistory(
  db: Queryable,
  collectorName: string,
  mode: RunMode,
): Promise<PageHistory | undefined> {
  const { rows } = await db.query<PageHistory>({
    name: 'find-page-history',
    text: `
      with latest as (
        select id, chunks_done, pages_read, started_at, completed_at
          from tidemark.collector_runs
         where collector_name = $1 and mode = $2 and status in ('success', 'partial') and chunks_done > 0
         order by started_at desc
         limit 5)
      select count(*)::integer as runs,
             (sum(pages_read) / sum(chunks_done))::float8 as "pagesPerChunk",
             sum(extract(epoch from completed_at - started_at)::float8)
               / greatest(sum(pages_read), 1)::float8 as "secondsPerPage"
        from latest
      having count(*) > 0`,
    values: [collectorName, mode],
  });
  return rows[0];
}
