import type { Queryable } from '../connect.ts';
import { periods } from './periods.ts';

/** How far one partition of a collector is. */
export interface PartitionMarkRow {
  /** Canonical JSON; `{}` when the collector has none. */
  readonly partition: string;
  readonly unit: 'time' | 'integer' | 'period';
  /** Where responsibility begins; the oldest period. */
  readonly floor: string | null;
  /** Up to here nothing is missing; of periods the newest in front of the first hole. Null before there is one. */
  readonly low_water_mark: string | null;
  /** Parts that are missing above the floor; periods that were to be read and never were. */
  readonly holes: number;
  /** What is loaded, as half-open intervals; null for periods. */
  readonly covered: readonly { readonly from: string; readonly to: string }[] | null;
  readonly updated_at: string | null;
}

const shown = (value: string): string =>
  `case w.unit when 'time'
        then to_char(tidemark.from_micros(${value}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        else (${value})::text end`;

const text = `
select w.partition, w.unit, ${shown('w.floor')} as floor,
       case when w.covered @> w.floor
            then ${shown('tidemark.low_water_mark(w.covered, w.floor)')} end as low_water_mark,
       (select count(*) from unnest(w.covered) as r where lower(r) > w.floor)::integer as holes,
       (select coalesce(jsonb_agg(jsonb_build_object('from', ${shown('lower(r)')}, 'to', ${shown('upper(r)')})
                                  order by lower(r)), '[]')
          from unnest(w.covered) as r) as covered,
       to_char(w.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
  from tidemark.watermarks w
 where w.collector_name = $1
 union all
select i.partition, 'period', min(i.key), max(i.key) filter (where i.is_whole),
       (count(*) filter (where i.last_success_at is null))::integer, null,
       to_char(max(i.checked_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from (${periods('$1')}) as i
 group by i.partition
 order by partition, unit`;

/** The watermark of each partition that a collector was ever run for. */
export async function listPartitionMarks(
  db: Queryable,
  collectorName: string,
): Promise<PartitionMarkRow[]> {
  const values = [collectorName];
  const { rows } = await db.query<PartitionMarkRow>({ name: 'list_partition_marks', text, values });
  return rows;
}
