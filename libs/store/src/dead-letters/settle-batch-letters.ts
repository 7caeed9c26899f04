import type { BatchHeaders } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';
import { storable, type DeadLetter } from './insert-dead-letters.ts';

export interface BatchLetters {
  readonly batch: Pick<BatchHeaders, 'runId' | 'chunkId'>;
  /** The dead letters that the batch brings again, by their places in it. */
  readonly letters: readonly string[];
  /** What was refused again. */
  readonly refused: readonly Pick<DeadLetter, 'position' | 'code' | 'reason'>[];
}

/**
 * Ends what a batch does about the dead letters that it brings again: those that were refused are open, with the new reason,
 * and all others are replayed. The caller holds the chunk's lock.
 */
export async function settleBatchLetters(
  db: Queryable,
  { batch, letters, refused }: BatchLetters,
): Promise<void> {
  await db.query({
    name: 'settle-batch-letters',
    text: `
      with refused as (
        select distinct on (position) position, code, reason
          from unnest($4::integer[], $5::text[], $6::text[]) as r (position, code, reason)
         order by position)
      update tidemark.dead_letters d
         set status     = case when r.position is null then 'replayed' else 'open' end,
             settled_at = case when r.position is null then clock_timestamp() end,
             code       = coalesce(r.code, d.code),
             reason     = coalesce(r.reason, d.reason)
        from unnest($3::bigint[]) with ordinality as l (id, place)
        left join refused r on r.position = l.place - 1
       where d.id = l.id and d.replay_run_id = $1 and d.replay_chunk_id = $2
         and d.status = 'replaying'`,
    values: [
      batch.runId,
      batch.chunkId,
      letters,
      refused.map(({ position }) => position),
      refused.map(({ code }) => code),
      refused.map(({ reason }) => storable(reason)),
    ],
  });
}
