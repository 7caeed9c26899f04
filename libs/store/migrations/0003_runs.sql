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
                and (pages_read <= v_last or batches_loaded < parts_recorded)) then
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

-- What a chunk that is done covers. Chunks that ask for slices of one and the same window cover it together.
create function tidemark.cover(p_run tidemark.collector_runs, p_chunk tidemark.chunks) returns void
  language plpgsql as $$
declare
  v_first tidemark.pages%rowtype;
  v_bound numeric;
begin
  select * into strict v_first from tidemark.pages
   where run_id = p_chunk.run_id and chunk_id = p_chunk.chunk_id and seq = 0;

  if p_chunk.cursor_from is not null then
    if not exists (
      select from tidemark.chunks c
       where c.run_id = p_chunk.run_id and c.partition = p_chunk.partition
         and c.cursor_from = p_chunk.cursor_from and c.cursor_to is not distinct from p_chunk.cursor_to
         and c.status <> 'done') then
      -- Where a page told no bound (an integer cursor without a record), the window's end says nothing about what the
      -- source has yet: what lies above everything that was ever seen stays open.
      select case when bool_and(p.bound is not null) then least(min(p.bound), p_chunk.cursor_to)
                  else least(p_chunk.cursor_to, min(p.bound), (
                    select coalesce(upper(w.covered), p_chunk.cursor_from) from tidemark.watermarks w
                     where w.collector_name = p_run.collector_name and w.partition = p_chunk.partition))
              end
        into v_bound
        from tidemark.chunks c
        join tidemark.pages p on p.run_id = c.run_id and p.chunk_id = c.chunk_id and p.seq = 0
       where c.run_id = p_chunk.run_id and c.partition = p_chunk.partition
         and c.cursor_from = p_chunk.cursor_from and c.cursor_to is not distinct from p_chunk.cursor_to;
      if v_bound > p_chunk.cursor_from then
        update tidemark.watermarks
           set covered = covered + nummultirange(numrange(p_chunk.cursor_from, v_bound)),
               run_id = p_run.id, updated_at = clock_timestamp()
         where collector_name = p_run.collector_name and partition = p_chunk.partition;
        update tidemark.collector_runs r
           set watermark_to = (select min(tidemark.low_water_mark(w.covered, w.floor))::text
                                 from tidemark.watermarks w
                                where w.collector_name = r.collector_name and w.run_id = r.id)
         where r.id = p_run.id;
      end if;
    end if;
  end if;

  if cardinality(p_chunk.items) > 0 then
    insert into tidemark.items as i
           (collector_name, partition, key, kind, last_success_at, checked_at, signal, run_id)
    select p_run.collector_name, p_chunk.partition, key, 'period',
           case when v_first.outcome <> 'unchanged' then v_first.asked_at end,
           v_first.asked_at, v_first.signal, p_run.id
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
  if exists (select from tidemark.chunks where run_id = p_run and status in ('waiting', 'active')) then
    return v_status;
  end if;

  update tidemark.collector_runs r
     set status = case when r.chunks_failed = 0 then 'success' when r.chunks_done = 0 then 'failed' else 'partial' end,
         completed_at = clock_timestamp(),
         records_refetched = tidemark.count_refetched(p_run)
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
  v_bound numeric;
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
         pages_read        = pages_read + v_chunk.pages_read,
         chunks_done       = chunks_done + (p_status = 'done')::integer,
         chunks_failed     = chunks_failed + (p_status = 'failed')::integer,
         error_message     = coalesce(error_message, nullif(concat_ws(': ', p_code, p_message), ''))
   where id = p_run;

  if p_status = 'done' and v_run.mode <> 'rehearsal' then
    perform tidemark.cover(v_run, v_chunk);
  end if;

  run_status := tidemark.close_run(p_run);
end $$;

-- Ends a run by request. What is still in the streams meets the fence; what was loaded stays and is counted.
create function tidemark.cancel_run(p_run uuid, p_reason text) returns text
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
              records_stale, records_rejected),
  totals as (
    select coalesce(sum(pages_read), 0) as pages_read,
           coalesce(sum(records_processed), 0) as processed,
           coalesce(sum(records_inserted), 0) as inserted,
           coalesce(sum(records_updated), 0) as updated,
           coalesce(sum(records_unchanged), 0) as unchanged,
           coalesce(sum(records_stale), 0) as stale,
           coalesce(sum(records_rejected), 0) as rejected
      from ended)
  update tidemark.collector_runs r
     set status = 'cancelled', completed_at = clock_timestamp(), error_message = coalesce(r.error_message, p_reason),
         pages_read        = r.pages_read + t.pages_read,
         records_processed = r.records_processed + t.processed,
         records_inserted  = r.records_inserted + t.inserted,
         records_updated   = r.records_updated + t.updated,
         records_unchanged = r.records_unchanged + t.unchanged,
         records_stale     = r.records_stale + t.stale,
         records_rejected  = r.records_rejected + t.rejected,
         records_refetched = tidemark.count_refetched(p_run)
    from totals t
   where r.id = p_run;
  return 'cancelled';
end $$;

-- Starts a lost chunk again at its frontier, as the next attempt: from the first page that is not recorded or of which
-- a part never arrived; it and what follows are forgotten and read again. Answers the places to publish, or nothing when
-- another sweep was first (compare-and-set on the attempt) or the chunk turned out to be complete.
create function tidemark.restart_chunk(
  p_run uuid, p_chunk integer, p_attempt integer, out attempt integer, out places jsonb, out run_status text)
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
    run_status := tidemark.end_chunk(p_run, p_chunk, 'done', null, null);
    return;
  end if;

  select coalesce(min(s.seq), 0) into v_frontier
    from generate_series(0, (select coalesce(max(p.seq), -1) + 1 from tidemark.pages p
                              where p.run_id = p_run and p.chunk_id = p_chunk)) as s(seq)
    left join tidemark.pages p on p.run_id = p_run and p.chunk_id = p_chunk and p.seq = s.seq
   where p.seq is null
      or p.parts > (select count(*) from tidemark.batches b
                     where b.run_id = p_run and b.chunk_id = p_chunk and b.seq = p.seq
                       and b.digest = p.digest and b.outcome <> 'failed');

  delete from tidemark.pages where run_id = p_run and chunk_id = p_chunk and seq >= v_frontier;
  attempt := p_attempt + 1;
  update tidemark.chunks c
     set attempt = p_attempt + 1, released_at = clock_timestamp(),
         pages_read = (select count(*) from tidemark.pages where run_id = p_run and chunk_id = p_chunk),
         parts_recorded = (select coalesce(sum(parts), 0) from tidemark.pages where run_id = p_run and chunk_id = p_chunk)
   where c.run_id = p_run and c.chunk_id = p_chunk;

  if v_frontier = 0 then
    places := jsonb_build_array(v_chunk.task -> 'page');
  else
    select jsonb_agg(place order by (place ->> 'seq')::integer) into places
      from (select distinct on ((place ->> 'seq')::integer) place
              from tidemark.pages p, jsonb_array_elements(p.next) as place
             where p.run_id = p_run and p.chunk_id = p_chunk and (place ->> 'seq')::integer >= v_frontier) as open;
  end if;
end $$;
