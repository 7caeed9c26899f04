-- Up Migration

-- Records the content of a page, after its parts are published and before its next task is. The first content wins;
-- whoever comes second goes on from the winner's next. May be what completes the chunk: all its parts may be loaded.
create function tidemark.record_page(
  p_run uuid, p_chunk integer, p_attempt integer, p_seq integer, p_digest text, p_parts integer,
  p_outcome text, p_last boolean, p_next jsonb, p_bound numeric, p_signal text, p_asked_at_us numeric,
  p_found text[] default null, p_seen nummultirange default null, p_warnings text[] default '{}',
  out verdict text, out digest text, out next jsonb, out chunk_status text, out run_status text)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_status  text;
  v_attempt integer;
begin
  select c.status, c.attempt into v_status, v_attempt
    from tidemark.chunks c where c.run_id = p_run and c.chunk_id = p_chunk for update;
  if not found or v_status <> 'active' or v_attempt <> p_attempt then
    verdict := 'stop';
    return;
  end if;

  insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, signal, asked_at, found, seen)
  values (p_run, p_chunk, p_seq, p_digest, p_parts, p_outcome, p_last, p_next, p_bound, p_signal,
          tidemark.from_micros(p_asked_at_us), p_found, p_seen)
  on conflict do nothing;
  if found then
    update tidemark.chunks
       set pages_read = pages_read + 1, parts_recorded = parts_recorded + p_parts
     where run_id = p_run and chunk_id = p_chunk;
    if cardinality(p_warnings) > 0 then
      -- Many pages of a run may tell the same.
      update tidemark.collector_runs set warnings = warnings || p_warnings
       where id = p_run and not warnings @> p_warnings;
    end if;
  end if;

  select p.digest, p.next into strict digest, next
    from tidemark.pages p where p.run_id = p_run and p.chunk_id = p_chunk and p.seq = p_seq;
  verdict := 'recorded';
  chunk_status := 'active';

  if tidemark.is_complete(p_run, p_chunk) then
    select c.chunk_status, c.run_status into chunk_status, run_status
      from tidemark.complete_chunk(p_run, p_chunk) c;
  end if;
end $$;

-- The last step of a batch's transaction, after ledger, target and dead letters: takes the chunk's lock, checks the
-- fence, adds the numbers. ending: null (more to come), done or failed: then end_chunk follows in the same transaction.
-- verdict stop means: roll everything back, this batch belongs to nothing that is still open.
create function tidemark.finish_batch(
  p_run uuid, p_chunk integer, p_attempt integer, p_batch bigint, p_failed boolean,
  p_inserted integer, p_updated integer, p_unchanged integer, p_stale integer, p_rejected integer,
  p_max_rejects double precision, p_straight boolean,
  p_quarantined integer default 0, p_out_of_range integer default 0,
  p_late integer default 0, p_lateness_us numeric default null, p_lookback_needed numeric default null,
  p_children_inserted integer default 0, p_children_updated integer default 0, p_children_deleted integer default 0,
  out verdict text, out ending text)
  language plpgsql as $$
declare
  v_status    text;
  v_attempt   integer;
  -- Without those that are put aside.
  v_processed bigint;
  v_rejected  bigint;
begin
  select c.status, c.attempt into v_status, v_attempt
    from tidemark.chunks c where c.run_id = p_run and c.chunk_id = p_chunk for update;
  if not found or v_status <> 'active' or v_attempt <> p_attempt then
    verdict := 'stop';
    return;
  end if;
  verdict := 'loaded';

  update tidemark.batches
     set records_processed = p_inserted + p_updated + p_unchanged + p_stale + p_rejected,
         records_inserted = p_inserted, records_updated = p_updated, records_unchanged = p_unchanged,
         records_stale = p_stale, records_rejected = p_rejected, records_out_of_range = p_out_of_range,
         children_inserted = p_children_inserted, children_updated = p_children_updated,
         children_deleted = p_children_deleted,
         loaded_at = clock_timestamp()
   where id = p_batch;

  update tidemark.chunks
     set batches_loaded    = batches_loaded + (not p_failed)::integer,
         records_processed = records_processed + p_inserted + p_updated + p_unchanged + p_stale + p_rejected,
         records_inserted  = records_inserted + p_inserted,
         records_updated   = records_updated + p_updated,
         records_unchanged = records_unchanged + p_unchanged,
         records_stale     = records_stale + p_stale,
         records_rejected  = records_rejected + p_rejected,
         children_inserted = children_inserted + p_children_inserted,
         children_updated  = children_updated + p_children_updated,
         children_deleted  = children_deleted + p_children_deleted,
         records_quarantined  = records_quarantined + p_quarantined,
         records_out_of_range = records_out_of_range + p_out_of_range,
         late_records      = late_records + p_late,
         max_lateness      = greatest(max_lateness, p_lateness_us::float8 * interval '1 microsecond'),
         lookback_needed   = greatest(lookback_needed, p_lookback_needed),
         straight          = straight and p_straight
   where run_id = p_run and chunk_id = p_chunk
  returning records_processed - records_quarantined, records_rejected - records_quarantined
       into v_processed, v_rejected;

  -- Whoever has told that batches wait: this one does not. One that only tells of a failed page has asked nothing of the target.
  delete from tidemark.waits w
   using tidemark.collector_runs r
   where r.id = p_run and w.collector_name = r.collector_name and not p_failed;

  if p_failed then
    ending := 'failed';
  elsif v_processed >= 100 and v_rejected > p_max_rejects * v_processed then
    ending := 'rejects_exceeded';
  elsif tidemark.is_complete(p_run, p_chunk) then
    ending := case when v_rejected = v_processed and v_processed > 0 and p_max_rejects < 1
                   then 'rejects_exceeded' else 'done' end;
  end if;
  -- The end of a chunk asks by itself.
  if ending is null then
    perform tidemark.check_limits(p_run);
  end if;
end $$;
