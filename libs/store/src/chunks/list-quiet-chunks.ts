import type { Queryable } from '../connect.ts';
import { type OpenChunk, openChunkColumns } from './open-chunk.ts';

/**
 * Active chunks of running runs that were released, restarted or resumed longer ago than that: the streams tell whether they
 * are lost.
 */
export async function listQuietChunks(db: Queryable, olderThanMs: number): Promise<OpenChunk[]> {
  const { rows } = await db.query<OpenChunk>({
    name: 'list-quiet-chunks',
    text: `
      select ${openChunkColumns}
        from tidemark.collector_runs r
        join tidemark.chunks c on c.run_id = r.id
       where r.status = 'running' and c.status = 'active'
         -- Or later than now: by a clock that was put back since.
         and greatest(c.released_at, r.resumed_at)
             not between clock_timestamp() - $1 * interval '1 millisecond' and clock_timestamp() + interval '1 minute'
       order by c.run_id, c.chunk_id`,
    values: [olderThanMs],
  });
  return rows;
}
