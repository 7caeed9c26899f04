import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Ends a run by request, with what was loaded counted; answers the status it has now, or null when there is none. */
export async function cancelRun(
  db: Queryable,
  id: string,
  reason: string,
): Promise<RunStatus | null> {
  const { rows } = await db.query<{ status: RunStatus | null }>({
    name: 'cancel-run',
    text: 'select tidemark.cancel_run($1, $2) as status',
    values: [id, reason],
  });
  return rows[0]?.status ?? null;
}
