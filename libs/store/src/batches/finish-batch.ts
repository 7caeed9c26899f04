import type { BatchHeaders } from '@tidemark/contracts';
import { must } from '@tidemark/runtime';
import type { Queryable } from '../connect.ts';

/** What became of a batch's records; their sum is what was processed. */
export interface BatchCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
}

export interface FinishBatch {
  readonly batchId: string;
  readonly failed: boolean;
  readonly counts: BatchCounts;
  /** The share of rejected records above which the chunk fails. */
  readonly maxRejects: number;
  /** False when rows of this batch were in the target already. */
  readonly straight: boolean;
}

export interface FinishedBatch {
  /** `stop`: the batch belongs to nothing that is open; the caller rolls everything back. */
  readonly verdict: 'loaded' | 'stop';
  /** How the chunk ends by this batch; null while there is more to come. */
  readonly ending: 'done' | 'failed' | 'rejects_exceeded' | null;
}

/** The last step of a batch's transaction: takes the chunk's lock, checks the fence, adds the numbers. */
export async function finishBatch(
  db: Queryable,
  batch: Pick<BatchHeaders, 'runId' | 'chunkId' | 'attempt'>,
  finish: FinishBatch,
): Promise<FinishedBatch> {
  const { counts } = finish;
  const { rows } = await db.query<FinishedBatch>({
    name: 'finish-batch',
    text: `
      select verdict, ending
        from tidemark.finish_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      batch.runId,
      batch.chunkId,
      batch.attempt,
      finish.batchId,
      finish.failed,
      counts.inserted,
      counts.updated,
      counts.unchanged,
      counts.stale,
      counts.rejected,
      finish.maxRejects,
      finish.straight,
    ],
  });
  return must(rows[0], 'finish_batch answers one row');
}
