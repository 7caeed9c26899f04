import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Ends a run that a limit is closing, with its open chunks left to a later run; answers the status it has now. */
export async function endLimitedRun(db: Queryable, id: string): Promise<RunStatus | null> {
  const { rows } = await db.query<{ status: RunStatus | null }>({
    name: 'end-limited-run',
    text: 'select tidemark.end_limited_run($1) as status',
    values: [id],
  });
  return rows[0]?.status ?? null;
}
