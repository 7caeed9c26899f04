import type { BatchHeaders } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** The ledger has a row for it now. */
export interface OpenBatch {
  readonly verdict: 'open';
  readonly batchId: string;
  /** Key of the chunk's partition, which tells its target where partitions have their own. */
  readonly partition: string;
  /** Whether COPY may go into the target itself. */
  readonly straight: boolean;
  /** The table that a rehearsal loads into instead of the target, as SQL writes its name. */
  readonly scratch: string | null;
  /** What was covered without a hole when the chunk was planned, half-open, as digits. */
  readonly covered: { readonly from: string; readonly to: string } | null;
  /** The dead letters that the batch brings again, by their places in it; null where it is no replay. */
  readonly letters: readonly string[] | null;
}

export type OpenedBatch =
  | OpenBatch
  /** The ledger knew it already: nothing is to be done. */
  | { readonly verdict: 'seen' }
  /** Its chunk has ended or is at another attempt: nothing may be written. */
  | { readonly verdict: 'stop' };

interface Row {
  readonly partition: string;
  readonly straight: boolean;
  readonly scratch: string | null;
  readonly coveredFrom: string | null;
  readonly coveredTo: string | null;
  readonly letters: readonly string[] | null;
  readonly id: string | null;
}

/**
 * Enters a content into the ledger, the first step of its transaction. The look at the fence takes no lock: it only
 * spares a stale batch the work, the last step decides.
 */
export async function openBatch(
  db: Queryable,
  batch: BatchHeaders,
  traceId: string | undefined,
): Promise<OpenedBatch> {
  const { rows } = await db.query<Row>({
    name: 'open-batch',
    text: `
      with fence as (
        select partition, straight, scratch, lower(covered) as "coveredFrom",
               upper(covered) as "coveredTo", letters
          from tidemark.chunks
         where run_id = $1 and chunk_id = $2 and attempt = $3 and status = 'active'),
      entered as (
        insert into tidemark.batches
               (run_id, chunk_id, attempt, seq, digest, part, outcome, asked_at, trace_id)
        select $1, $2, $3, $4, $5, $6, $7, tidemark.from_micros($8::numeric), $9
          from fence
        on conflict (run_id, chunk_id, seq, digest, part) do nothing
        returning id)
      select fence.*, entered.id
        from fence
        left join entered on true`,
    values: [
      batch.runId,
      batch.chunkId,
      batch.attempt,
      batch.seq,
      batch.digest,
      batch.part,
      batch.outcome,
      batch.askedAt,
      traceId ?? null,
    ],
  });
  const [row] = rows;
  if (!row) return { verdict: 'stop' };
  if (row.id === null) return { verdict: 'seen' };
  const { id: batchId, partition, straight, scratch, letters } = row;
  const { coveredFrom: from, coveredTo: to } = row;
  const covered = from === null || to === null ? null : { from, to };
  return { verdict: 'open', batchId, partition, straight, scratch, covered, letters };
}
