import type { Queryable } from '../connect.ts';

export interface NewWatermark {
  readonly partition: string;
  readonly unit: 'time' | 'integer';
  readonly floor: string;
}

/** Begins watermarks that are not there yet, with nothing covered; those that are there stay as they are. */
export async function ensureWatermarks(
  db: Queryable,
  collectorName: string,
  watermarks: readonly NewWatermark[],
): Promise<void> {
  await db.query({
    name: 'ensure-watermarks',
    text: `
      insert into tidemark.watermarks (collector_name, partition, unit, floor)
      select $1, w.partition, w.unit, w.floor
        from jsonb_to_recordset($2::jsonb) as w (partition text, unit text, floor numeric)
       order by w.partition
      on conflict do nothing`,
    values: [collectorName, JSON.stringify(watermarks)],
  });
}
