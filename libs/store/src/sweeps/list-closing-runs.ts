import type { Queryable } from '../connect.ts';
import { type RunState, runColumns } from '../runs/run-state.ts';

/** Runs that have read everything and are still to be swept. */
export async function listClosingRuns(db: Queryable): Promise<RunState[]> {
  const { rows } = await db.query<RunState>({
    name: 'list-closing-runs',
    text: `
      select ${runColumns}
        from tidemark.collector_runs
       where status = 'closing'
       order by started_at, id`,
  });
  return rows;
}
