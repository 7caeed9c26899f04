import type { Queryable } from '../connect.ts';

/** Takes a collector out of use: no new run begins, and those that are active end with the revision they are pinned to. */
export async function retireCollector(db: Queryable, name: string, reason: string): Promise<void> {
  await db.query({
    name: 'retire-collector',
    text: `
      update tidemark.collectors
         set status = 'invalid', error_message = $2, revision = null, definition = null,
             updated_at = clock_timestamp()
       where name = $1`,
    values: [name, reason],
  });
}
