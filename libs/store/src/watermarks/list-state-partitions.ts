import type { Queryable } from '../connect.ts';

/** Keys of the partitions of which anything is known to be loaded. */
export async function listStatePartitions(db: Queryable, collectorName: string): Promise<string[]> {
  const { rows } = await db.query<{ partition: string }>({
    name: 'list-state-partitions',
    text: `
      select partition from tidemark.watermarks where collector_name = $1
       union
      select partition from tidemark.items where collector_name = $1
       order by partition`,
    values: [collectorName],
  });
  return rows.map(({ partition }) => partition);
}
