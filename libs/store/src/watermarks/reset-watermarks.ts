import type { Queryable } from '../connect.ts';

export interface WatermarkReset {
  readonly collectorName: string;
  readonly partitions: readonly string[];
  /** What lies at or after it is forgotten: digits of the cursor, or the key of a period. Everything when absent. */
  readonly to?: { readonly cursor: string } | { readonly period: string } | undefined;
}

/** Forgets what is known to be loaded, so that it is asked for again: the only way a watermark goes backwards. */
export async function resetWatermarks(db: Queryable, reset: WatermarkReset): Promise<void> {
  const { collectorName, partitions, to } = reset;
  const whose = [collectorName, partitions];
  if (to === undefined) {
    await forgetAll(db, whose);
  } else if ('cursor' in to) {
    await db.query({
      name: 'reset-watermarks',
      text: `
        update tidemark.watermarks
           set covered = covered * nummultirange(numrange(null, $3)), floor = least(floor, $3),
               updated_at = clock_timestamp()
         where collector_name = $1 and partition = any ($2)`,
      values: [...whose, to.cursor],
    });
  } else {
    await db.query({
      name: 'reset-periods',
      text: `
        delete from tidemark.items
         where collector_name = $1 and partition = any ($2) and kind = 'period' and key >= $3`,
      values: [...whose, to.period],
    });
  }
}

async function forgetAll(db: Queryable, values: unknown[]): Promise<void> {
  await db.query({
    name: 'forget-watermarks',
    text: 'delete from tidemark.watermarks where collector_name = $1 and partition = any ($2)',
    values,
  });
  await db.query({
    name: 'forget-items',
    text: 'delete from tidemark.items where collector_name = $1 and partition = any ($2)',
    values,
  });
}
