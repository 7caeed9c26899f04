import type { RunMode, RunStatus, RunClass } from '@tidemark/contracts';

/** A run as people see it: while it is active, the numbers of its open chunks are in its own. */
export interface RunRow {
  readonly id: string;
  readonly collector_name: string;
  readonly class: RunClass;
  readonly mode: RunMode;
  readonly status: RunStatus;
  readonly triggered_by: string;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly duration_seconds: number;
  readonly chunks_planned: number;
  readonly chunks_done: number;
  readonly chunks_failed: number;
  readonly pages_read: number;
  /** Pages that the run has at least, as far as the sources told their totals. */
  readonly pages_known: number;
  readonly records_processed: number;
  readonly records_inserted: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_stale: number;
  readonly records_rejected: number;
  readonly records_refetched: number;
  readonly records_deleted: number;
  /** Ids of a worklist that were asked for and not answered. */
  readonly ids_missing: number;
  /** Rows of the target's children, which are no records. */
  readonly children_inserted: number;
  readonly children_updated: number;
  readonly children_deleted: number;
  /** Records whose cursor lies outside of what was asked for, loaded or rejected. */
  readonly records_out_of_range: number;
  /** Rows that were written although everything up to beyond their cursor had been read before. */
  readonly late_records: number;
  readonly max_lateness_seconds: number | null;
  readonly warnings: readonly string[];
  readonly watermark_from: string | null;
  readonly watermark_to: string | null;
  readonly error_message: string | null;
  readonly parent_run_id: string | null;
  readonly max_chunks: number | null;
  readonly max_records: number | null;
  /** What a rehearsal found; null before it has ended and for all other runs. */
  readonly report: unknown;
  readonly trace_id: string | null;
}

/** Numbers arrive as JavaScript numbers and instants as ISO 8601 text: these rows are for people and for JSON. */
export const runColumns = `
       r.id, r.collector_name, r.class, r.mode, r.status, r.triggered_by,
       to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as started_at,
       to_char(r.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as completed_at,
       extract(epoch from coalesce(r.completed_at, clock_timestamp()) - r.started_at)::float8 as duration_seconds,
       r.chunks_planned, r.chunks_done, r.chunks_failed,
       (r.pages_read + open.pages_read)::float8               as pages_read,
       (r.pages_read + open.pages_known)::float8              as pages_known,
       (r.records_processed + open.records_processed)::float8 as records_processed,
       (r.records_inserted + open.records_inserted)::float8   as records_inserted,
       (r.records_updated + open.records_updated)::float8     as records_updated,
       (r.records_unchanged + open.records_unchanged)::float8 as records_unchanged,
       (r.records_stale + open.records_stale)::float8         as records_stale,
       (r.records_rejected + open.records_rejected)::float8   as records_rejected,
       r.records_refetched::float8                            as records_refetched,
       r.records_deleted::float8                              as records_deleted,
       r.ids_missing::float8                                  as ids_missing,
       (r.children_inserted + open.children_inserted)::float8 as children_inserted,
       (r.children_updated + open.children_updated)::float8   as children_updated,
       (r.children_deleted + open.children_deleted)::float8   as children_deleted,
       (r.records_out_of_range + open.records_out_of_range)::float8 as records_out_of_range,
       (r.late_records + open.late_records)::float8           as late_records,
       extract(epoch from greatest(r.max_lateness, open.max_lateness))::float8 as max_lateness_seconds,
       r.warnings,
       r.watermark_from, r.watermark_to, r.error_message, r.parent_run_id,
       r.max_chunks, r.max_records::float8 as max_records, r.report, r.trace_id`;

/** A chunk's numbers go to its run when it ends; until then they are looked up. */
export const openChunks = `
  cross join lateral (
    select coalesce(sum(c.pages_read), 0)        as pages_read,
           coalesce(sum(greatest(c.pages_read, (
             select max((place -> 'stride' ->> 'total')::integer)
               from tidemark.pages p, jsonb_array_elements(p.next) as place
              where p.run_id = c.run_id and p.chunk_id = c.chunk_id and p.seq = 0))), 0) as pages_known,
           coalesce(sum(c.records_processed), 0) as records_processed,
           coalesce(sum(c.records_inserted), 0)  as records_inserted,
           coalesce(sum(c.records_updated), 0)   as records_updated,
           coalesce(sum(c.records_unchanged), 0) as records_unchanged,
           coalesce(sum(c.records_stale), 0)     as records_stale,
           coalesce(sum(c.records_rejected), 0)  as records_rejected,
           coalesce(sum(c.children_inserted), 0) as children_inserted,
           coalesce(sum(c.children_updated), 0)  as children_updated,
           coalesce(sum(c.children_deleted), 0)  as children_deleted,
           coalesce(sum(c.records_out_of_range), 0) as records_out_of_range,
           coalesce(sum(c.late_records), 0)      as late_records,
           max(c.max_lateness)                   as max_lateness
      from tidemark.chunks c
     where c.run_id = r.id and c.status = 'active') as open`;
