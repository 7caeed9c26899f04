/** Late rows of a collector's newest runs: written although everything up to beyond their cursor had been read before. */
export interface LateRowsRow {
  readonly late_records: number;
  /** How long after their cursor they were asked for at most; null for cursors that are no time. */
  readonly max_lateness_seconds: number | null;
  /** How far below the watermark the deepest lay: a length of time, or an integer. */
  readonly lookback_needed: string | null;
  readonly lookback: string | null;
  /** What comes a little later than these is not found. */
  readonly is_lookback_short: boolean;
}

export const lateColumns = `
       late.late_records, late.max_lateness_seconds, late.lookback_needed,
       c.definition #>> '{incremental,lookback}' as lookback,
       late.is_lookback_short`;

/** Belongs to the alias `c` of collectors. What older runs needed under another look-back is past. */
export const lateRows = `
  cross join lateral (
    select coalesce(sum(r.late_records), 0)::float8 as late_records,
           extract(epoch from max(r.max_lateness))::float8 as max_lateness_seconds,
           case when c.definition #>> '{incremental,unit}' = 'integer' then max(r.lookback_needed)::text
                else justify_hours(max(r.lookback_needed)::float8 * interval '1 microsecond')::text end as lookback_needed,
           tidemark.is_lookback_short(max(r.lookback_needed), c.definition #>> '{incremental,lookback}') as is_lookback_short
      from (select r.late_records, r.max_lateness, r.lookback_needed
              from tidemark.collector_runs r
             where r.collector_name = c.name and r.mode <> 'rehearsal'
             order by r.started_at desc
             limit 50) as r) as late`;
