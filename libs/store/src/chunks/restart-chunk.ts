import type { ChunkStatus, RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface RestartedChunk {
  /** Null when another sweep was first, or the chunk turned out to be complete. */
  readonly attempt: number | null;
  /** The pages to fetch next. */
  readonly places: unknown[];
  /** Set when the chunk turned out to be complete: how it and its run are now. */
  readonly chunkStatus: ChunkStatus | null;
  readonly runStatus: RunStatus | null;
}

/** Starts a lost chunk again at its frontier, once for each attempt. */
export async function restartChunk(
  db: Queryable,
  chunk: { readonly runId: string; readonly chunkId: number; readonly attempt: number },
): Promise<RestartedChunk> {
  const { rows } = await db.query<RestartedChunk>({
    name: 'restart-chunk',
    text: `
      select attempt, coalesce(places, '[]') as places, chunk_status as "chunkStatus",
             run_status as "runStatus"
        from tidemark.restart_chunk($1, $2, $3)`,
    values: [chunk.runId, chunk.chunkId, chunk.attempt],
  });
  return rows[0] ?? { attempt: null, places: [], chunkStatus: null, runStatus: null };
}
