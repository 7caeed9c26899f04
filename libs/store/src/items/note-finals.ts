import type { Queryable } from '../connect.ts';

export interface NewFinal {
  readonly partition: string;
  readonly key: string;
  /** False takes back what its list said before. */
  readonly isFinal: boolean;
}

/** Keeps since when the list of an id says that it will not change any more. */
export async function noteFinals(
  db: Queryable,
  collectorName: string,
  finals: readonly NewFinal[],
): Promise<void> {
  if (finals.length === 0) return;
  await db.query({
    name: 'note-finals',
    text: `
      insert into tidemark.items as i (collector_name, partition, key, kind, final_at)
      select $1, f.partition, f.key, 'id', case when f."isFinal" then clock_timestamp() end
        from jsonb_to_recordset($2::jsonb) as f (partition text, key text, "isFinal" boolean)
       order by f.partition, f.key
      on conflict (collector_name, partition, key) do update set final_at = excluded.final_at`,
    values: [collectorName, JSON.stringify(finals)],
  });
}
