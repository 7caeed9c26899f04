import type { Queryable } from '../connect.ts';

export interface ItemRow {
  readonly partition: string;
  readonly key: string;
  /** Microseconds since 1970 UTC. */
  readonly lastSuccessUs: string | null;
  readonly signal: string | null;
  readonly checkedUs: string | null;
  readonly missingCount: number;
  readonly finalUs: string | null;
}

/** What is known of every period or id of a collector. */
export async function listItems(db: Queryable, collectorName: string): Promise<ItemRow[]> {
  const { rows } = await db.query<ItemRow>({
    name: 'list-items',
    text: `
      select partition, key, tidemark.to_micros(last_success_at)::text as "lastSuccessUs", signal,
             tidemark.to_micros(checked_at)::text as "checkedUs", missing_count as "missingCount",
             tidemark.to_micros(final_at)::text as "finalUs"
        from tidemark.items
       where collector_name = $1
       -- By bytes: a language's order takes many times as long, and nobody reads these rows as a text.
       order by partition collate "C", key collate "C"`,
    values: [collectorName],
  });
  return rows;
}
