import type { BatchHeaders, RunStatus } from '@tidemark/contracts';
import { must } from '@tidemark/runtime';
import type { Queryable } from '../connect.ts';
import { storable } from '../dead-letters/insert-dead-letters.ts';

export type ChunkEnding =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly code: string; readonly message: string };

export interface EndedChunk {
  readonly runStatus: RunStatus;
  /** Of a run that has ended with it: what went well but not as expected. */
  readonly warnings: readonly string[];
}

/** Ends the chunk whose lock the batch's transaction holds, and with it the run when it was the last. */
export async function endBatchChunk(
  db: Queryable,
  batch: Pick<BatchHeaders, 'runId' | 'chunkId'>,
  ending: ChunkEnding,
): Promise<EndedChunk> {
  const failure = ending.status === 'failed' ? ending : undefined;
  const { rows } = await db.query<Pick<EndedChunk, 'runStatus'>>({
    name: 'end-batch-chunk',
    text: `
      select run_status as "runStatus"
        from tidemark.end_chunk($1, $2, $3, $4, $5)`,
    values: [
      batch.runId,
      batch.chunkId,
      ending.status,
      failure?.code ?? null,
      failure ? storable(failure.message) : null,
    ],
  });
  const { runStatus } = must(rows[0], 'the run of an open chunk exists');
  const hasEnded = !['running', 'paused', 'closing'].includes(runStatus);
  return { runStatus, warnings: hasEnded ? await warningsOf(db, batch.runId) : [] };
}

async function warningsOf(db: Queryable, runId: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ warnings: readonly string[] }>({
    name: 'warnings-of-run',
    text: 'select warnings from tidemark.collector_runs where id = $1',
    values: [runId],
  });
  return rows[0]?.warnings ?? [];
}
