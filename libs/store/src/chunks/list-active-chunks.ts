import type { Queryable } from '../connect.ts';
import { type OpenChunk, openChunkColumns } from './open-chunk.ts';

/** The active chunks of a run that is running. */
export async function listActiveChunks(db: Queryable, runId: string): Promise<OpenChunk[]> {
  const { rows } = await db.query<OpenChunk>({
    name: 'list-active-chunks',
    text: `
      select ${openChunkColumns}
        from tidemark.collector_runs r
        join tidemark.chunks c on c.run_id = r.id
       where r.id = $1 and r.status = 'running' and c.status = 'active'
       order by c.chunk_id`,
    values: [runId],
  });
  return rows;
}
