import type { RunClass } from '@tidemark/contracts';

/** An active chunk with what is needed to start it again. */
export interface OpenChunk {
  readonly runId: string;
  readonly runClass: RunClass;
  readonly collectorName: string;
  readonly traceparent: string | null;
  readonly chunkId: number;
  readonly attempt: number;
  readonly task: unknown;
  /** The dead letters that it brings again; null where it asks the source. */
  readonly letters: readonly string[] | null;
}

export const openChunkColumns = `
  c.run_id as "runId", r.class as "runClass", r.collector_name as "collectorName", r.traceparent,
  c.chunk_id as "chunkId", c.attempt, c.task, c.letters`;
