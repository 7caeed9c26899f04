import type { Queryable } from '../connect.ts';

export interface ReleasedChunk {
  readonly chunkId: number;
  readonly attempt: number;
  readonly task: unknown;
  /** The dead letters that it brings again; null where it asks the source. */
  readonly letters: readonly string[] | null;
}

/**
 * Makes as many waiting chunks of a running run active as it may have, by priority and within its limit. Whoever releases the same run at
 * the same time waits for the other, so together they never go beyond its limit. Needs a transaction.
 */
export async function releaseChunks(db: Queryable, runId: string): Promise<ReleasedChunk[]> {
  await db.query({
    name: 'lock-release',
    text: `select pg_advisory_xact_lock(hashtextextended('tidemark.release.' || $1, 0))`,
    values: [runId],
  });
  const { rows } = await db.query<ReleasedChunk>({
    name: 'release-chunks',
    text: `
      with room as (
        select least(r.parallel, r.max_chunks - r.chunks_done - r.chunks_failed) - a.active as chunks
          from tidemark.collector_runs r
         cross join (select count(*) as active from tidemark.chunks
                      where run_id = $1 and status = 'active') as a
         where r.id = $1 and r.status = 'running'),
      chosen as (
        select chunk_id
          from tidemark.chunks
         where run_id = $1 and status = 'waiting'
         order by priority desc, chunk_id
         limit greatest(coalesce((select chunks from room), 0), 0)
           for update skip locked)
      update tidemark.chunks c
         set status = 'active', attempt = c.attempt + 1, released_at = clock_timestamp()
        from chosen
       where c.run_id = $1 and c.chunk_id = chosen.chunk_id
      returning c.chunk_id as "chunkId", c.attempt, c.letters,
                case when c.pages_before = 0 then c.task
                     else c.task || jsonb_build_object(
                            'page', tidemark.places_from(c.run_id, c.chunk_id, c.pages_before) -> 0)
                 end as task`,
    values: [runId],
  });
  return rows.toSorted((a, b) => a.chunkId - b.chunkId);
}
