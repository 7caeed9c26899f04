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

/** What became of the rows of a batch's children, which are counted apart from the records that they belong to. */
export interface ChildCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What was noticed of the cursors of a batch's records. */
export interface CursorNotes {
  /** Rejected ones that are put aside, which fail nothing. */
  readonly quarantined: number;
  /** Those outside of what was asked for. */
  readonly outOfRange: number;
  readonly late?: LateRows | undefined;
}

/** Rows that were written although everything up to beyond their cursor had been read before. */
export interface LateRows {
  readonly records: number;
  /** How long after its cursor the oldest was asked for; null where the cursor is no time. */
  readonly latenessUs: string | null;
  /** How far below the watermark it lay, in the cursor's unit. */
  readonly lookbackNeeded: string;
}

export interface FinishBatch {
  readonly batchId: string;
  readonly failed: boolean;
  readonly counts: BatchCounts;
  readonly children: ChildCounts;
  readonly notes: CursorNotes;
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
  const { counts, children, notes } = finish;
  const { rows } = await db.query<FinishedBatch>({
    name: 'finish-batch',
    text: `
      select verdict, ending
        from tidemark.finish_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                                   $15, $16, $17, $18, $19, $20)`,
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
      notes.quarantined,
      notes.outOfRange,
      notes.late?.records ?? 0,
      notes.late?.latenessUs ?? null,
      notes.late?.lookbackNeeded ?? null,
      children.inserted,
      children.updated,
      children.deleted,
    ],
  });
  return must(rows[0], 'finish_batch answers one row');
}
