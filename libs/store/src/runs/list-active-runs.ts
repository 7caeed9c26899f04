import type { Queryable } from '../connect.ts';
import { type RunState, runColumns } from './run-state.ts';

/** Runs that have not ended, of one collector or of all, oldest first. */
export async function listActiveRuns(db: Queryable, collectorName?: string): Promise<RunState[]> {
  const { rows } = await db.query<RunState>({
    name: 'list-active-runs',
    text: `
      select ${runColumns}
        from tidemark.collector_runs
       where status in ('running', 'paused', 'closing')
         and ($1::text is null or collector_name = $1)
       order by started_at, id`,
    values: [collectorName ?? null],
  });
  return rows;
}
