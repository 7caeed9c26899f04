import type { Queryable } from '../connect.ts';

/**
 * Lets a paused run go on; false when it was not paused. Its active chunks have lost their tasks meanwhile and are to
 * be restarted. Needs a transaction: a limit that was reached during the pause counts at once.
 */
export async function resumeRun(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'resume-run',
    text: `
      update tidemark.collector_runs set status = 'running', resumed_at = clock_timestamp()
       where id = $1 and status = 'paused'`,
    values: [id],
  });
  if (rowCount !== 1) return false;
  await db.query({
    name: 'check-limits',
    text: 'select tidemark.check_limits($1)',
    values: [id],
  });
  return true;
}
