import type { Queryable } from '../connect.ts';

/** Keeps what a rehearsal found with its run; the first report stays. */
export async function saveReport(db: Queryable, runId: string, report: object): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'save-report',
    text: 'update tidemark.collector_runs set report = $2 where id = $1 and report is null',
    values: [runId, JSON.stringify(report)],
  });
  return rowCount === 1;
}
