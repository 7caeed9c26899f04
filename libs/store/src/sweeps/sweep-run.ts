import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface SweptRun {
  /** Null when another process sweeps it now. */
  readonly runStatus: RunStatus | null;
  readonly deleted: number;
}

/** Reads a large target to its end if it must. */
const SWEEP_WITHIN_MS = 60 * 60_000;
/** Who asks waits a little longer than the server works, and not only as long as for other questions. */
const ANSWER_WITHIN_MS = SWEEP_WITHIN_MS + 10_000;

/** Deletes what vanished from a source that a run has read whole, and closes the run. Needs a transaction. */
export async function sweepRun(db: Queryable, runId: string): Promise<SweptRun> {
  await db.query(`set local statement_timeout = ${SWEEP_WITHIN_MS}`);
  const question = {
    name: 'sweep-run',
    text: `select run_status as "runStatus", deleted::float8 as deleted from tidemark.sweep($1)`,
    values: [runId],
    query_timeout: ANSWER_WITHIN_MS,
  };
  const { rows } = await db.query<SweptRun>(question);
  return rows[0] ?? { runStatus: null, deleted: 0 };
}
