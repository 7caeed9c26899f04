import type { RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';
import { periods } from './periods.ts';
import { type LateRowsRow, lateColumns, lateRows } from './late-rows.ts';

/** A collector with what is known of its last run and of how far it is. */
export interface CollectorStatusRow extends LateRowsRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly status: 'ready' | 'invalid' | 'blocked';
  readonly error_message: string | null;
  readonly revision: string | null;
  readonly last_run_id: string | null;
  readonly last_run_status: RunStatus | null;
  readonly last_run_at: string | null;
  /** Up to here nothing is missing: an instant, an integer or a period, the least of all partitions; null before each has one. */
  readonly low_water_mark: string | null;
  /** How long ago that was; for periods, how long ago the source was last asked. */
  readonly lag_seconds: number | null;
}

const text = `
select c.name, c.enabled, c.status, c.error_message, c.revision,
       last.id as last_run_id, last.status as last_run_status, last.started_at as last_run_at,
       coalesce(mark.low_water_mark, period.newest) as low_water_mark,
       coalesce(mark.lag_seconds, period.lag_seconds) as lag_seconds,
       ${lateColumns}
  from tidemark.collectors c ${lateRows}
  left join lateral (
    select r.id, r.status,
           to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as started_at
      from tidemark.collector_runs r
     where r.collector_name = c.name
     order by r.started_at desc, r.id desc
     limit 1) as last on true
  left join lateral (
    select case when not bool_and(w.covered @> w.floor) then null
                when w.unit = 'time'
                then to_char(tidemark.from_micros(min(m.mark)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                else min(m.mark)::text end as low_water_mark,
           case when w.unit = 'time' and bool_and(w.covered @> w.floor)
                then ((tidemark.to_micros(clock_timestamp()) - min(m.mark)) / 1000000)::float8 end as lag_seconds
      from tidemark.watermarks w
     cross join lateral (select tidemark.low_water_mark(w.covered, w.floor) as mark) as m
     where w.collector_name = c.name
     group by w.unit
     limit 1) as mark on true
  left join lateral (
    select case when bool_and(p.newest is not null) then min(p.newest) end as newest,
           case when bool_and(p.newest is not null)
                then extract(epoch from clock_timestamp() - min(p.checked_at))::float8 end as lag_seconds
      from (select max(i.key) filter (where i.is_whole) as newest,
                   max(i.checked_at) as checked_at
              from (${periods('c.name')}) as i
             group by i.partition) as p) as period on true
 order by c.name`;

/** Every registered collector, by name. */
export async function listCollectorStatus(db: Queryable): Promise<CollectorStatusRow[]> {
  const { rows } = await db.query<CollectorStatusRow>({ name: 'list_collector_status', text });
  return rows;
}
