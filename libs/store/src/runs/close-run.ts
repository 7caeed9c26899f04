import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Closes a run that has no open chunk; answers the status it has now. */
export async function closeRun(db: Queryable, id: string): Promise<RunStatus> {
  const { rows } = await db.query<{ status: RunStatus }>({
    name: 'close-run',
    text: 'select tidemark.close_run($1) as status',
    values: [id],
  });
  return rows[0]?.status ?? 'running';
}
