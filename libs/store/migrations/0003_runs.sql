-- Up Migration

-- Records of contents that close nothing: really read, really loaded, but not the recorded content of their page.
create function tidemark.count_refetched(p_run uuid) returns bigint
  language sql stable
  return (
    select coalesce(sum(b.records_processed), 0)
      from tidemark.batches b
      left join tidemark.pages p
        on p.run_id = b.run_id and p.chunk_id = b.chunk_id and p.seq = b.seq and p.digest = b.digest
     where b.run_id = p_run and p.run_id is null and b.outcome <> 'failed');

-- A chunk is complete when a last page is recorded, every page up to it is, and every part of each is in the ledger.
-- The counters only save work: they can say "not yet" for sure, never "complete".
create function tidemark.is_complete(p_run uuid, p_chunk integer) returns boolean
  language plpgsql stable as $$
declare
  v_last integer;
begin
  select min(seq) into v_last from tidemark.pages where run_id = p_run and chunk_id = p_chunk and last;
  if v_last is null then
    return false;
  end if;
  if exists (select from tidemark.chunks
              where run_id = p_run and chunk_id = p_chunk
                and (pages_before + pages_read <= v_last or batches_loaded < parts_recorded)) then
    return false;
  end if;
  if (select count(*) from tidemark.pages
       where run_id = p_run and chunk_id = p_chunk and seq <= v_last) <= v_last then
    return false;
  end if;
  return not exists (
    select from tidemark.pages p
     where p.run_id = p_run and p.chunk_id = p_chunk and p.seq <= v_last
       and p.parts > (select count(*) from tidemark.batches b
                       where b.run_id = p_run and b.chunk_id = p_chunk and b.seq = p.seq
                         and b.digest = p.digest and b.outcome <> 'failed'));
end $$;

-- Up to where an integer cursor is read: it has no clock, so only values that were really seen tell. The first range of
-- them counts, or the one that goes on from what was covered before; what lies beyond a gap is an outlier.
create function tidemark.reached(p_seen nummultirange, p_from numeric, p_known numeric, out reached numeric, out outlier numeric)
  language sql immutable parallel safe
  begin atomic
    with ranges as (
      select r from unnest(p_seen + case when p_known >= p_from then nummultirange(numrange(p_known, p_known, '[]'))
                                         else '{}'::nummultirange end) as r),
    main as (
      select upper(r) as reached from ranges
       order by coalesce(r @> p_known and p_known >= p_from, false) desc, r
       limit 1)
    select m.reached, (select min(upper(r)) from ranges where upper(r) > m.reached)
      from main m;
  end;

-- What a chunk that is done covers. Chunks that ask for slices of one and the same window cover it together, up to the
-- bound that the first page of each fixed from the source's clock, or up to the integers that all their pages gave.
create function tidemark.cover_window(p_run tidemark.collector_runs, p_chunk tidemark.chunks) returns void
  language plpgsql as $$
declare
  v_bound   numeric;
  v_seen    nummultirange;
  v_known   numeric;
  v_outlier numeric;
begin
  if exists (
    select from tidemark.chunks c
     where c.run_id = p_chunk.run_id and c.partition = p_chunk.partition
       and c.cursor_from = p_chunk.cursor_from and c.cursor_to is not distinct from p_chunk.cursor_to
       and c.status <> 'done') then
    return;
  end if;

  -- Chunk by chunk, whatever the planner believes of tables that were filled a moment ago: the other way round, each end
  -- of a chunk would read all pages of its run.
  select case when bool_and(p.bound is not null) then min(p.bound) end, range_agg(p.seen)
    into v_bound, v_seen
    from (select c.chunk_id from tidemark.chunks c
           where c.run_id = p_chunk.run_id and c.partition = p_chunk.partition
             and c.cursor_from = p_chunk.cursor_from and c.cursor_to is not distinct from p_chunk.cursor_to
          offset 0) as c
   cross join lateral (
     select min(p.bound) filter (where p.seq = 0) as bound, range_agg(p.seen) as seen
       from tidemark.pages p
      where p.run_id = p_chunk.run_id and p.chunk_id = c.chunk_id) as p;

  if v_bound is null then
    -- No bound, no clock: what lies below everything that was ever seen is past, be it empty or not.
    select upper(w.covered) into v_known from tidemark.watermarks w
     where w.collector_name = p_run.collector_name and w.partition = p_chunk.partition;
    select r.reached, r.outlier into v_bound, v_outlier
      from tidemark.reached(coalesce(v_seen, '{}'), p_chunk.cursor_from, v_known) r;
  end if;
  if v_outlier is not null then
    update tidemark.collector_runs
       set warnings = warnings || format('the cursor %s of partition %s lies too far above %s and covers nothing; if it is right, '
                                         'raise incremental.maxStep', v_outlier, p_chunk.partition, v_bound)
     where id = p_run.id;
  end if;

  -- Asked first: `least` would take the end of the window where there is no bound.
  if v_bound > p_chunk.cursor_from then
    v_bound := least(v_bound, p_chunk.cursor_to, p_chunk.cover_to);
    update tidemark.watermarks
       set covered = covered + nummultirange(numrange(p_chunk.cursor_from, greatest(v_bound, p_chunk.cursor_from))),
           run_id = p_run.id, updated_at = clock_timestamp()
     where collector_name = p_run.collector_name and partition = p_chunk.partition;
  end if;
end $$;

-- What is known when a chunk is done: a part of the watermark, or that its items were read.
create function tidemark.cover(p_run tidemark.collector_runs, p_chunk tidemark.chunks) returns void
  language plpgsql as $$
declare
  v_first  tidemark.pages%rowtype;
  v_kind   text := case when p_chunk.items in (array['token'], array['answer']) then p_chunk.items[1] else 'period' end;
  v_signal text;
begin
  select * into strict v_first from tidemark.pages
   where run_id = p_chunk.run_id and chunk_id = p_chunk.chunk_id and seq = 0;
  v_signal := v_first.signal;
  if v_kind = 'token' then
    -- A token stands for everything that came before it: that of the last page.
    select coalesce(p.signal, p_chunk.task ->> 'signal') into v_signal from tidemark.pages p
     where p.run_id = p_chunk.run_id and p.chunk_id = p_chunk.chunk_id and p.last
     order by p.seq limit 1;
  end if;

  if p_chunk.cursor_from is not null then
    perform tidemark.cover_window(p_run, p_chunk);
  end if;

  if v_first.found is not null then
    perform tidemark.cover_ids(p_run, p_chunk);
  elsif cardinality(p_chunk.items) > 0 then
    insert into tidemark.items as i
           (collector_name, partition, key, kind, last_success_at, checked_at, signal, run_id)
    select p_run.collector_name, p_chunk.partition, key, v_kind,
           case when v_first.outcome <> 'unchanged' then v_first.asked_at end,
           v_first.asked_at, v_signal, p_run.id
      from unnest(p_chunk.items) as key
     order by key
    on conflict (collector_name, partition, key) do update
       set last_success_at = greatest(i.last_success_at, excluded.last_success_at),
           checked_at      = greatest(i.checked_at, excluded.checked_at),
           signal          = case when excluded.checked_at >= coalesce(i.checked_at, '-infinity')
                                  then excluded.signal else i.signal end,
           run_id          = excluded.run_id;
  end if;
end $$;

-- What is covered of each partition of a collector without a hole: the interval that contains its floor.
create function tidemark.covered_before(p_collector text) returns table (partition text, covered numrange)
  language sql stable rows 1000
  begin atomic
    select w.partition, r.covered
      from tidemark.watermarks w
     cross join lateral unnest(w.covered) as r(covered)
     where w.collector_name = p_collector and r.covered @> w.floor;
  end;

-- The least low-water mark of the watermarks that a run has moved. Asked once, when the run ends.
create function tidemark.watermark_of(p_run uuid) returns text
  language sql stable
  return (
    select min(tidemark.low_water_mark(w.covered, w.floor))::text
      from tidemark.collector_runs r
      join tidemark.watermarks w on w.collector_name = r.collector_name and w.run_id = r.id
     where r.id = p_run);

-- What people should know of late rows: that the look-back is, or soon will be, too short for them.
create function tidemark.lookback_warnings(p_run tidemark.collector_runs) returns text[]
  language sql stable
  return (
    select coalesce(array_agg(
             format('late rows lay up to %s below the watermark, and incremental.lookback is %s: make it longer',
                    case when d.definition #>> '{incremental,unit}' = 'integer' then p_run.lookback_needed::text
                         else justify_hours(p_run.lookback_needed::float8 * interval '1 microsecond')::text end,
                    d.definition #>> '{incremental,lookback}')), '{}')
      from tidemark.definitions d
     where d.collector_name = p_run.collector_name and d.revision = p_run.revision
       and tidemark.is_lookback_short(p_run.lookback_needed, d.definition #>> '{incremental,lookback}'));

-- Closes a run that has no open chunk left. The caller holds the run's row lock.
create function tidemark.close_run(p_run uuid) returns text
  language plpgsql as $$
declare
  v_status text;
begin
  select status into strict v_status from tidemark.collector_runs where id = p_run for update;
  if v_status not in ('running', 'paused', 'closing') then
    return v_status;
  end if;
  -- Two questions, since each has an index of its own, which holds nothing of a chunk that has ended.
  if exists (select from tidemark.chunks where run_id = p_run and status = 'active')
     or exists (select from tidemark.chunks where run_id = p_run and status = 'waiting') then
    return v_status;
  end if;
  if tidemark.must_sweep(p_run) then
    update tidemark.collector_runs set status = 'closing' where id = p_run;
    return 'closing';
  end if;

  update tidemark.collector_runs r
     set status = case when r.chunks_failed = 0 then 'success' when r.chunks_done = 0 then 'failed' else 'partial' end,
         completed_at = clock_timestamp(),
         watermark_to = tidemark.watermark_of(p_run),
         records_refetched = tidemark.count_refetched(p_run),
         warnings = r.warnings || tidemark.lookback_warnings(r)
   where r.id = p_run
  returning r.status into v_status;
  return v_status;
end $$;

-- Ends one chunk: its counts go to the run, what it covered goes to the watermark or the items, and the run closes
-- if it was the last. The caller holds the chunk's row lock and knows that the chunk is not ended. Each question about
-- other rows is a statement of its own after the run's lock is held, so that of two last ones exactly one sees all.
create function tidemark.end_chunk(
  p_run uuid, p_chunk integer, p_status text, p_code text, p_message text, out run_status text)
  language plpgsql as $$
declare
  v_chunk tidemark.chunks%rowtype;
  v_run   tidemark.collector_runs%rowtype;
begin
  update tidemark.chunks
     set status = p_status, completed_at = clock_timestamp(), error_code = p_code, error_message = p_message
   where run_id = p_run and chunk_id = p_chunk
  returning * into strict v_chunk;

  select * into strict v_run from tidemark.collector_runs where id = p_run for update;

  update tidemark.collector_runs
     set records_processed = records_processed + v_chunk.records_processed,
         records_inserted  = records_inserted + v_chunk.records_inserted,
         records_updated   = records_updated + v_chunk.records_updated,
         records_unchanged = records_unchanged + v_chunk.records_unchanged,
         records_stale     = records_stale + v_chunk.records_stale,
         records_rejected  = records_rejected + v_chunk.records_rejected,
         children_inserted = children_inserted + v_chunk.children_inserted,
         children_updated  = children_updated + v_chunk.children_updated,
         children_deleted  = children_deleted + v_chunk.children_deleted,
         records_out_of_range = records_out_of_range + v_chunk.records_out_of_range,
         late_records      = late_records + v_chunk.late_records,
         max_lateness      = greatest(max_lateness, v_chunk.max_lateness),
         lookback_needed   = greatest(lookback_needed, v_chunk.lookback_needed),
         pages_read        = pages_read + v_chunk.pages_read,
         chunks_done       = chunks_done + (p_status = 'done')::integer,
         chunks_failed     = chunks_failed + (p_status = 'failed')::integer,
         error_message     = coalesce(error_message, nullif(concat_ws(': ', p_code, p_message), ''))
   where id = p_run;

  if p_status = 'done' and v_run.mode <> 'rehearsal' then
    perform tidemark.cover(v_run, v_chunk);
  end if;
  if v_run.mode = 'replay' then
    perform tidemark.settle_letters(p_run, p_chunk, p_status, p_code, p_message);
  end if;
  if p_status = 'done' and v_run.parent_run_id is not null and v_chunk.letters is null then
    perform tidemark.settle_healed(v_run, p_chunk);
  end if;
  perform tidemark.check_limits(p_run);

  run_status := tidemark.close_run(p_run);
end $$;

-- Ends a run with chunks that are open: they are cancelled, what is still in the streams meets the fence, and what was
-- loaded stays and is counted. Answers the status that the run has now.
create function tidemark.end_run(p_run uuid, p_status text, p_reason text) returns text
  language plpgsql as $$
declare
  v_status text;
begin
  perform from tidemark.chunks
    where run_id = p_run and status in ('waiting', 'active') order by chunk_id for update;
  select status into v_status from tidemark.collector_runs where id = p_run for update;
  if v_status is null or v_status not in ('running', 'paused', 'closing') then
    return v_status;
  end if;

  with ended as (
    update tidemark.chunks
       set status = 'cancelled', completed_at = clock_timestamp()
     where run_id = p_run and status in ('waiting', 'active')
    returning pages_read, records_processed, records_inserted, records_updated, records_unchanged,
              records_stale, records_rejected, children_inserted, children_updated, children_deleted, records_out_of_range, late_records, max_lateness, lookback_needed),
  totals as (
    select coalesce(sum(pages_read), 0) as pages_read,
           coalesce(sum(records_processed), 0) as processed,
           coalesce(sum(records_inserted), 0) as inserted,
           coalesce(sum(records_updated), 0) as updated,
           coalesce(sum(records_unchanged), 0) as unchanged,
           coalesce(sum(records_stale), 0) as stale,
           coalesce(sum(records_rejected), 0) as rejected,
           coalesce(sum(children_inserted), 0) as children_inserted,
           coalesce(sum(children_updated), 0) as children_updated,
           coalesce(sum(children_deleted), 0) as children_deleted,
           coalesce(sum(records_out_of_range), 0) as out_of_range,
           coalesce(sum(late_records), 0) as late,
           max(max_lateness) as max_lateness,
           max(lookback_needed) as lookback_needed
      from ended)
  update tidemark.collector_runs r
     set status = p_status, completed_at = clock_timestamp(), error_message = coalesce(r.error_message, p_reason),
         watermark_to      = tidemark.watermark_of(p_run),
         pages_read        = r.pages_read + t.pages_read,
         records_processed = r.records_processed + t.processed,
         records_inserted  = r.records_inserted + t.inserted,
         records_updated   = r.records_updated + t.updated,
         records_unchanged = r.records_unchanged + t.unchanged,
         records_stale     = r.records_stale + t.stale,
         records_rejected  = r.records_rejected + t.rejected,
         children_inserted = r.children_inserted + t.children_inserted,
         children_updated  = r.children_updated + t.children_updated,
         children_deleted  = r.children_deleted + t.children_deleted,
         records_out_of_range = r.records_out_of_range + t.out_of_range,
         late_records      = r.late_records + t.late,
         max_lateness      = greatest(r.max_lateness, t.max_lateness),
         lookback_needed   = greatest(r.lookback_needed, t.lookback_needed),
         records_refetched = tidemark.count_refetched(p_run)
    from totals t
   where r.id = p_run;
  -- What it did not come to is open again.
  perform tidemark.settle_letters(p_run, null, p_status, null, null);
  return p_status;
end $$;

-- Ends a run by request.
create function tidemark.cancel_run(p_run uuid, p_reason text) returns text
  language sql
  begin atomic
    select tidemark.end_run(p_run, 'cancelled', p_reason);
  end;

-- The first page of a chunk that is not recorded, or of which a part never arrived.
create function tidemark.frontier_of(p_run uuid, p_chunk integer) returns integer
  language sql stable
  return (
    select coalesce(min(s.seq), 0)
      from generate_series(0, (select coalesce(max(p.seq), -1) + 1 from tidemark.pages p
                                where p.run_id = p_run and p.chunk_id = p_chunk)) as s(seq)
      left join tidemark.pages p on p.run_id = p_run and p.chunk_id = p_chunk and p.seq = s.seq
     where p.seq is null
        or p.parts > (select count(*) from tidemark.batches b
                       where b.run_id = p_run and b.chunk_id = p_chunk and b.seq = p.seq
                         and b.digest = p.digest and b.outcome <> 'failed'));

-- The places, from a seq on, that the pages before it name.
create function tidemark.places_from(p_run uuid, p_chunk integer, p_seq integer) returns jsonb
  language sql stable
  return (
    select jsonb_agg(place order by (place ->> 'seq')::integer)
      from (select distinct on ((place ->> 'seq')::integer) place
              from tidemark.pages p, jsonb_array_elements(p.next) as place
             where p.run_id = p_run and p.chunk_id = p_chunk and p.seq < p_seq
               and (place ->> 'seq')::integer >= p_seq) as open);

-- Starts a lost chunk again at its frontier, as the next attempt: from the first page that is not recorded or of which
-- a part never arrived; it and what follows are forgotten and read again. Answers the places to publish, or nothing when
-- another sweep was first (compare-and-set on the attempt) or the chunk turned out to be complete.
create function tidemark.restart_chunk(
  p_run uuid, p_chunk integer, p_attempt integer, out attempt integer, out places jsonb, out chunk_status text, out run_status text)
  language plpgsql as $$
declare
  v_chunk    tidemark.chunks%rowtype;
  v_frontier integer;
begin
  select * into v_chunk from tidemark.chunks where run_id = p_run and chunk_id = p_chunk for update;
  if not found or v_chunk.status <> 'active' or v_chunk.attempt <> p_attempt then
    return;
  end if;
  if tidemark.is_complete(p_run, p_chunk) then
    select c.chunk_status, c.run_status into chunk_status, run_status from tidemark.complete_chunk(p_run, p_chunk) c;
    return;
  end if;

  v_frontier := tidemark.frontier_of(p_run, p_chunk);
  delete from tidemark.pages where run_id = p_run and chunk_id = p_chunk and seq >= v_frontier;
  attempt := p_attempt + 1;
  update tidemark.chunks c
     set attempt = p_attempt + 1, released_at = clock_timestamp(),
         pages_read = (select count(*) from tidemark.pages where run_id = p_run and chunk_id = p_chunk) - c.pages_before,
         parts_recorded = (select coalesce(sum(parts), 0) from tidemark.pages where run_id = p_run and chunk_id = p_chunk)
   where c.run_id = p_run and c.chunk_id = p_chunk;

  if v_frontier = 0 then
    places := jsonb_build_array(v_chunk.task -> 'page');
  else
    places := tidemark.places_from(p_run, p_chunk, v_frontier);
  end if;
end $$;
