import type { Queryable } from '../connect.ts';

/** Removes the watermarks of a collector that cover nothing and count in another unit, so that they begin anew. */
export async function forgetEmptyWatermarks(
  db: Queryable,
  collectorName: string,
  unit: 'time' | 'integer',
): Promise<void> {
  await db.query({
    name: 'forget-empty-watermarks',
    text: `
      delete from tidemark.watermarks
       where collector_name = $1
         and unit <> $2
         and covered = '{}'`,
    values: [collectorName, unit],
  });
}
