import type { Queryable } from '../connect.ts';

export interface NewChunk {
  readonly chunkId: number;
  readonly priority: number;
  /** Key of the partition. */
  readonly partition: string;
  /** What all its tasks have in common, with the first page's place under `page`. */
  readonly task: object;
  readonly cursorFrom: string | null;
  readonly cursorTo: string | null;
  readonly items: readonly string[];
  readonly straight: boolean;
  /** The table that a rehearsal loads into instead of the target, as SQL writes its name. */
  readonly scratch?: string | null;
  /** The dead letters that it brings again, by their places in its one batch. */
  readonly letters?: readonly string[];
}

/** Adds the chunks of a new run, all waiting. */
export async function insertChunks(
  db: Queryable,
  runId: string,
  chunks: readonly NewChunk[],
): Promise<void> {
  await db.query({
    name: 'insert-chunks',
    text: `
      insert into tidemark.chunks
             (run_id, chunk_id, priority, partition, task, cursor_from, cursor_to, covered, items,
              straight, scratch, letters)
      select $1, c."chunkId", c.priority, c.partition, c.task, c."cursorFrom", c."cursorTo",
             case when c.letters is null then b.covered end, c.items, c.straight, c.scratch,
             c.letters
        from jsonb_to_recordset($2::jsonb) as c (
             "chunkId" integer, priority integer, partition text, task jsonb,
             "cursorFrom" numeric, "cursorTo" numeric, items text[], straight boolean,
             scratch text, letters bigint[])
        left join tidemark.covered_before(
                    (select collector_name from tidemark.collector_runs where id = $1)) as b
               on b.partition = c.partition`,
    values: [runId, JSON.stringify(chunks)],
  });
}
