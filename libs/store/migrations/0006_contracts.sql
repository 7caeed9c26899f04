-- Up Migration

-- Runs in the words of a classic ETL control table.
create view tidemark.etl_control as
select r.id,
       r.collector_name,
       r.mode                                as load_type,
       r.status,
       r.triggered_by,
       r.started_at,
       r.completed_at,
       extract(epoch from coalesce(r.completed_at, clock_timestamp()) - r.started_at) as duration_seconds,
       r.watermark_from                      as watermark_start,
       r.watermark_to                        as watermark_end,
       r.records_processed,
       r.records_inserted,
       r.records_updated,
       r.records_unchanged,
       r.records_rejected,
       r.records_out_of_range,
       r.late_records,
       r.max_lateness,
       r.error_message,
       r.trace_id
  from tidemark.collector_runs r;

-- One row per collector: how its runs went.
create view tidemark.vw_etl_stats as
select r.collector_name,
       count(*)                                            as total_runs,
       count(*) filter (where r.status = 'success')        as successful_runs,
       count(*) filter (where r.status = 'partial')        as partial_runs,
       count(*) filter (where r.status = 'failed')         as failed_runs,
       count(*) filter (where r.status = 'cancelled')      as cancelled_runs,
       max(r.completed_at) filter (where r.status = 'success') as last_success_at,
       max(r.started_at)                                   as last_run_at,
       avg(extract(epoch from r.completed_at - r.started_at)) filter (where r.status = 'success') as avg_duration_seconds,
       sum(r.records_processed)                            as records_processed,
       sum(r.records_inserted)                             as records_inserted,
       sum(r.records_updated)                              as records_updated,
       sum(r.records_rejected)                             as records_rejected,
       sum(r.records_out_of_range)                         as records_out_of_range,
       sum(r.late_records)                                 as late_records,
       max(r.max_lateness)                                 as max_lateness
  from tidemark.collector_runs r
 group by r.collector_name;

-- Up to this moment nothing of the collector is missing: the least low-water mark of its partitions. NULL before the
-- first success and for collectors whose cursor is not a time.
create function tidemark.get_last_successful_watermark(p_collector text) returns timestamptz
  language sql stable
  return (
    select tidemark.from_micros(min(tidemark.low_water_mark(w.covered, w.floor)))
      from tidemark.watermarks w
     where w.collector_name = p_collector and w.unit = 'time'
    having bool_and(w.covered @> w.floor));
