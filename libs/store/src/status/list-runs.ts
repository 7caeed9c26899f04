import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';
import { type RunRow, openChunks, runColumns } from './run-columns.ts';

export interface RunFilter {
  readonly collector?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly limit: number;
}

const text = `
select ${runColumns}
  from tidemark.collector_runs r ${openChunks}
 where ($1::text is null or r.collector_name = $1)
   and ($2::text[] is null or r.status = any ($2))
 order by r.started_at desc, r.id desc
 limit $3`;

/** The newest runs first. */
export async function listRuns(db: Queryable, filter: RunFilter): Promise<RunRow[]> {
  const values = [filter.collector ?? null, filter.statuses ?? null, filter.limit];
  const { rows } = await db.query<RunRow>({ name: 'list_runs', text, values });
  return rows;
}
