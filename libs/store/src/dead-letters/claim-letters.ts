import type { Queryable } from '../connect.ts';

export interface LetterClaim {
  readonly runId: string;
  readonly chunkId: number;
  readonly letters: readonly string[];
}

/** Takes open dead letters for a chunk that brings them again; answers how many were still open. */
export async function claimLetters(db: Queryable, claim: LetterClaim): Promise<number> {
  const { rowCount } = await db.query({
    name: 'claim-letters',
    text: `
      update tidemark.dead_letters
         set status = 'replaying', replay_run_id = $1, replay_chunk_id = $2, replays = replays + 1
       where id = any ($3::bigint[]) and status = 'open'`,
    values: [claim.runId, claim.chunkId, claim.letters],
  });
  return rowCount ?? 0;
}
