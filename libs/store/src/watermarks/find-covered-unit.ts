import type { Queryable } from '../connect.ts';

/** What the watermarks of a collector count in, where they cover something; null when nothing is known to be loaded. */
export async function findCoveredUnit(
  db: Queryable,
  collectorName: string,
): Promise<'time' | 'integer' | null> {
  const { rows } = await db.query<{ unit: 'time' | 'integer' }>({
    name: 'find-covered-unit',
    text: `
      select unit
        from tidemark.watermarks
       where collector_name = $1
         and covered <> '{}'
       limit 1`,
    values: [collectorName],
  });
  return rows[0]?.unit ?? null;
}
