import type { RunClass } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface QuietChunk {
  readonly runId: string;
  readonly runClass: RunClass;
  readonly collectorName: string;
  readonly traceparent: string | null;
  readonly chunkId: number;
  readonly attempt: number;
  readonly task: unknown;
}

/** Active chunks of running runs that were released, or restarted, longer ago than that: the streams tell whether they are lost. */
export async function listQuietChunks(db: Queryable, olderThanMs: number): Promise<QuietChunk[]> {
  const { rows } = await db.query<QuietChunk>({
    name: 'list-quiet-chunks',
    text: `
      select c.run_id as "runId", r.class as "runClass", r.collector_name as "collectorName",
             r.traceparent, c.chunk_id as "chunkId", c.attempt, c.task
        from tidemark.collector_runs r
        join tidemark.chunks c on c.run_id = r.id
       where r.status = 'running' and c.status = 'active'
         and c.released_at < clock_timestamp() - $1 * interval '1 millisecond'
       order by c.run_id, c.chunk_id`,
    values: [olderThanMs],
  });
  return rows;
}
