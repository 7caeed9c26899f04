import type { RunClass, RunMode, RunStatus } from '@tidemark/contracts';

/** A run whose chunks another run may take up. */
export interface EarlierRun {
  readonly id: string;
  readonly collectorName: string;
  readonly runClass: RunClass;
  readonly mode: RunMode;
  readonly status: RunStatus;
  readonly revision: string;
  readonly hasEnded: boolean;
  /** The run that took up all that this one left open. */
  readonly succeededBy: string | null;
  /** False once its chunks were removed because of their age. */
  readonly hasChunks: boolean;
  readonly openChunks: number;
  readonly failedChunks: number;
}

export const earlierRunColumns = `
  r.id, r.collector_name as "collectorName", r.class as "runClass", r.mode, r.status, r.revision,
  r.completed_at is not null as "hasEnded", r.succeeded_by as "succeededBy",
  c.chunks = r.chunks_planned as "hasChunks", c.open as "openChunks", c.failed as "failedChunks"`;

export const chunksOfEarlierRun = `
  cross join lateral (
    select count(*)::integer as chunks,
           -- Dead letters that a chunk was to bring again are open, and a matter of another replay.
           (count(*) filter (where c.status <> 'done' and c.letters is null))::integer as open,
           (count(*) filter (where c.status = 'failed' and c.letters is null))::integer as failed
      from tidemark.chunks c
     where c.run_id = r.id) as c`;
