import type { Queryable } from '../connect.ts';

export interface WatermarkRow {
  readonly partition: string;
  readonly floor: string;
  /** Half-open intervals in order. */
  readonly covered: readonly { readonly from: string; readonly to: string }[];
}

/** All watermarks of a collector, which stay as they are until the transaction ends. */
export async function lockWatermarks(
  db: Queryable,
  collectorName: string,
): Promise<WatermarkRow[]> {
  // What is covered is read after the lock is held: in one statement it would be seen as it was before the wait.
  await db.query({
    name: 'lock-watermarks',
    text: `
      select from tidemark.watermarks
       where collector_name = $1
       order by partition
         for update`,
    values: [collectorName],
  });
  const { rows } = await db.query<WatermarkRow>({
    name: 'read-watermarks',
    text: `
      select partition, floor::text as floor,
             (select coalesce(json_agg(json_build_object('from', lower(r)::text, 'to', upper(r)::text)
                                       order by lower(r)), '[]')
                from unnest(covered) as r) as covered
        from tidemark.watermarks
       where collector_name = $1
       order by partition`,
    values: [collectorName],
  });
  return rows;
}
