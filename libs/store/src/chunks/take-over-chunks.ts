import type { ChunkStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface TakeOver {
  readonly runId: string;
  readonly parentRunId: string;
  readonly statuses: readonly ChunkStatus[];
  /** Only these; all of the statuses when absent. */
  readonly chunkIds?: readonly number[] | undefined;
  readonly revision: string;
  readonly plannedAtUs: string;
  /** Whether chunks that were cut off go on where they were, instead of at their beginning. */
  readonly goesOn: boolean;
}

/** Copies chunks of an ended run into a new one, to be read from their beginning or from where they were; answers how many. */
export async function takeOverChunks(db: Queryable, taking: TakeOver): Promise<number> {
  const { rows } = await db.query<{ taken: number }>({
    name: 'take-over-chunks',
    text: 'select tidemark.take_over_chunks($1, $2, $3, $4, $5, $6, $7) as taken',
    values: [
      taking.runId,
      taking.parentRunId,
      taking.statuses,
      taking.chunkIds ?? null,
      taking.revision,
      taking.plannedAtUs,
      taking.goesOn,
    ],
  });
  return rows[0]?.taken ?? 0;
}
