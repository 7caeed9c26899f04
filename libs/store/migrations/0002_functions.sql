-- Up Migration

-- Microseconds since 1970 UTC, without going through a float.
create function tidemark.to_micros(instant timestamptz) returns numeric
  language sql immutable parallel safe
  return trunc(extract(epoch from instant) * 1000000);

create function tidemark.from_micros(micros numeric) returns timestamptz
  language sql immutable parallel safe
  return timestamptz '1970-01-01 00:00:00+00'
       + div(micros, 1000000)::bigint * interval '1 second'
       + mod(micros, 1000000)::bigint * interval '1 microsecond';

-- The end of the interval that contains the floor: up to here nothing is missing.
create function tidemark.low_water_mark(covered nummultirange, floor numeric) returns numeric
  language sql immutable parallel safe
  return coalesce((select upper(r) from unnest(covered) as r where r @> floor), floor);

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

-- The fence and the rate budget in one call, before every request and every retry of one.
-- verdict: go (after wait_ms; asked_at is this server's clock), wait (nothing booked, ask again after wait_ms),
-- recorded (this page is already there: go on from next), stop (the reason says why).
create function tidemark.admit(
  p_run uuid, p_chunk integer, p_attempt integer, p_seq integer,
  p_budget text, p_weight integer, p_pause_ms integer,
  out verdict text, out reason text, out wait_ms double precision, out asked_at_us numeric,
  out digest text, out next jsonb)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_run_status   text;
  v_class        text;
  v_chunk_status text;
  v_attempt      integer;
  v_now          timestamptz;
begin
  -- A budget lost in a crash of the server costs a few early requests, a commit per request would cost more.
  perform set_config('synchronous_commit', 'off', true);
  wait_ms := 0;

  if p_budget is not null and p_pause_ms > 0 then
    update tidemark.rate_limits
       set paused_until = greatest(paused_until, clock_timestamp() + p_pause_ms * interval '1 millisecond')
     where key = p_budget;
  end if;

  select r.status, r.class, c.status, c.attempt into v_run_status, v_class, v_chunk_status, v_attempt
    from tidemark.chunks c
    join tidemark.collector_runs r on r.id = c.run_id
   where c.run_id = p_run and c.chunk_id = p_chunk;
  reason := case
    when not found then 'the run or chunk is unknown'
    when v_run_status <> 'running' then 'the run is ' || v_run_status
    when v_chunk_status <> 'active' then 'the chunk is ' || v_chunk_status
    when v_attempt <> p_attempt then 'the chunk is at attempt ' || v_attempt
  end;
  if reason is not null then
    verdict := 'stop';
    return;
  end if;

  select p.digest, p.next into digest, next
    from tidemark.pages p
   where p.run_id = p_run and p.chunk_id = p_chunk and p.seq = p_seq;
  if found then
    verdict := 'recorded';
    return;
  end if;

  verdict := 'go';
  if p_budget is not null then
    if v_class = 'live' then
      -- GCRA as a reservation: a live request books its slot ahead, but not further than it is held for. A slot that
      -- nobody waits for is lost to all, and where each asks again at its time, the next one is as far ahead, for ever.
      with c as (select clock_timestamp() as now)
      update tidemark.rate_limits r
         set tat = greatest(r.tat, c.now, r.paused_until) + p_weight * r.interval_us * interval '1 microsecond'
        from c
       where r.key = p_budget
         and greatest(r.tat - (r.burst - 1) * r.interval_us * interval '1 microsecond', r.paused_until)
             <= c.now + interval '50 seconds'
      returning c.now,
                extract(epoch from greatest(
                  r.tat - (r.burst - 1 + p_weight) * r.interval_us * interval '1 microsecond',
                  r.paused_until) - c.now) * 1000
           into v_now, wait_ms;
    else
      -- A backfill takes a slot only when one is free now, so that it never queues in front of live requests.
      with c as (select clock_timestamp() as now)
      update tidemark.rate_limits r
         set tat = greatest(r.tat, c.now) + p_weight * r.interval_us * interval '1 microsecond'
        from c
       where r.key = p_budget and r.tat <= c.now and r.paused_until <= c.now
      returning c.now, 0 into v_now, wait_ms;
    end if;
    if not found and exists (select from tidemark.rate_limits where key = p_budget) then
      verdict := 'wait';
      -- At most a minute: so long a message is held, and its deliveries count nothing.
      select least(greatest(
               extract(epoch from greatest(tat, paused_until) - clock_timestamp()) * 1000,
               interval_us / 1000.0), 40000) * (0.5 + random())
        into wait_ms
        from tidemark.rate_limits where key = p_budget;
    end if;
  end if;
  wait_ms := greatest(coalesce(wait_ms, 0), 0);
  asked_at_us := tidemark.to_micros(coalesce(v_now, clock_timestamp()));
end $$;

-- Records the content of a page, after its parts are published and before its next task is. The first content wins;
-- whoever comes second goes on from the winner's next. May be what completes the chunk: all its parts may be loaded.
create function tidemark.record_page(
  p_run uuid, p_chunk integer, p_attempt integer, p_seq integer, p_digest text, p_parts integer,
  p_outcome text, p_last boolean, p_next jsonb, p_bound numeric, p_signal text, p_asked_at_us numeric,
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

  insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, signal, asked_at)
  values (p_run, p_chunk, p_seq, p_digest, p_parts, p_outcome, p_last, p_next, p_bound, p_signal,
          tidemark.from_micros(p_asked_at_us))
  on conflict do nothing;
  if found then
    update tidemark.chunks
       set pages_read = pages_read + 1, parts_recorded = parts_recorded + p_parts
     where run_id = p_run and chunk_id = p_chunk;
  end if;

  select p.digest, p.next into strict digest, next
    from tidemark.pages p where p.run_id = p_run and p.chunk_id = p_chunk and p.seq = p_seq;
  verdict := 'recorded';
  chunk_status := 'active';

  if tidemark.is_complete(p_run, p_chunk) then
    chunk_status := 'done';
    run_status := tidemark.end_chunk(p_run, p_chunk, 'done', null, null);
  end if;
end $$;

-- The last step of a batch's transaction, after ledger, target and dead letters: takes the chunk's lock, checks the
-- fence, adds the numbers. ending: null (more to come), done or failed: then end_chunk follows in the same transaction.
-- verdict stop means: roll everything back, this batch belongs to nothing that is still open.
create function tidemark.finish_batch(
  p_run uuid, p_chunk integer, p_attempt integer, p_batch bigint, p_failed boolean,
  p_inserted integer, p_updated integer, p_unchanged integer, p_stale integer, p_rejected integer,
  p_max_rejects double precision, p_straight boolean,
  out verdict text, out ending text)
  language plpgsql as $$
declare
  v_status    text;
  v_attempt   integer;
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
         records_stale = p_stale, records_rejected = p_rejected, loaded_at = clock_timestamp()
   where id = p_batch;

  update tidemark.chunks
     set batches_loaded    = batches_loaded + (not p_failed)::integer,
         records_processed = records_processed + p_inserted + p_updated + p_unchanged + p_stale + p_rejected,
         records_inserted  = records_inserted + p_inserted,
         records_updated   = records_updated + p_updated,
         records_unchanged = records_unchanged + p_unchanged,
         records_stale     = records_stale + p_stale,
         records_rejected  = records_rejected + p_rejected,
         straight          = straight and p_straight
   where run_id = p_run and chunk_id = p_chunk
  returning records_processed, records_rejected into v_processed, v_rejected;

  if p_failed then
    ending := 'failed';
  elsif v_processed >= 100 and v_rejected > p_max_rejects * v_processed then
    ending := 'rejects_exceeded';
  elsif tidemark.is_complete(p_run, p_chunk) then
    ending := 'done';
  end if;
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
