import type { Queryable } from '../connect.ts';

export interface ItemRow {
  readonly partition: string;
  readonly key: string;
  /** Microseconds since 1970 UTC. */
  readonly lastSuccessUs: string | null;
  readonly signal: string | null;
}

/** What is known of every period or id of a collector. */
export async function listItems(db: Queryable, collectorName: string): Promise<ItemRow[]> {
  const { rows } = await db.query<ItemRow>({
    name: 'list-items',
    text: `
      select partition, key, tidemark.to_micros(last_success_at)::text as "lastSuccessUs", signal
        from tidemark.items
       where collector_name = $1
       order by partition, key`,
    values: [collectorName],
  });
  return rows;
}
