import type { Queryable } from '../connect.ts';
import { type RunRow, openChunks, runColumns } from './run-columns.ts';

const text = `
select ${runColumns}
  from tidemark.collector_runs r ${openChunks}
 where r.id = $1`;

/** One run with the numbers that it has at this moment. */
export async function findRun(db: Queryable, runId: string): Promise<RunRow | undefined> {
  const { rows } = await db.query<RunRow>({ name: 'find_run', text, values: [runId] });
  return rows[0];
}
