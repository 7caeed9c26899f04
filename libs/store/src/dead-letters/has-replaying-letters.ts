import type { BatchHeaders } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Whether a chunk brings dead letters again: when it fails these are open again, and tell of it. */
export async function hasReplayingLetters(
  db: Queryable,
  batch: Pick<BatchHeaders, 'runId' | 'chunkId'>,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'has-replaying-letters',
    text: `
      select from tidemark.dead_letters
       where replay_run_id = $1 and replay_chunk_id = $2 and status = 'replaying'
       limit 1`,
    values: [batch.runId, batch.chunkId],
  });
  return rowCount === 1;
}
