-- Up Migration

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
