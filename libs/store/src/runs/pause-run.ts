import type { Queryable } from '../connect.ts';

/** Pauses a running run: no further page of it is admitted. False when it was not running. */
export async function pauseRun(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'pause-run',
    text: `update tidemark.collector_runs set status = 'paused' where id = $1 and status = 'running'`,
    values: [id],
  });
  return rowCount === 1;
}
