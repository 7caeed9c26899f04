-- Up Migration

-- A budget that is asked for the first time gets what is declared for its source: so there is always a row, and a pause of
-- a source that declares nothing is shared too.
create function tidemark.ensure_budgets(p_source text, p_keys text[]) returns void
  language sql
begin atomic
  insert into tidemark.rate_limits (key, source, declared_by, interval_us, slack_us, bear_us, reserve)
  select k.key, p_source, s.declared_by, coalesce(s.interval_us, 0), coalesce(s.slack_us, 0), coalesce(s.bear_us, 0),
         coalesce(s.reserve, 0)
    from unnest(p_keys) as k (key)
    left join tidemark.rate_limits s on s.key = p_source
   where not exists (select from tidemark.rate_limits l where l.key = k.key)
  on conflict do nothing;
end;

-- A clock that shows less than at the last booking was put back: then all moments of a budget go back with it, or everybody
-- would wait until it has caught up.
create function tidemark.follow_clock(p_keys text[]) returns void
  language sql
begin atomic
  update tidemark.rate_limits l
     set tat          = l.tat - c.back,
         backfill_tat = l.backfill_tat - c.back,
         paused_until = l.paused_until - c.back,
         resets_at    = l.resets_at - c.back,
         booked_at    = l.booked_at - c.back
    from (select b.key, b.booked_at - clock_timestamp() as back
            from tidemark.rate_limits b
           where b.key = any (p_keys) and b.booked_at > clock_timestamp() + interval '1 second'
           order by b.key
             for update) as c
   where l.key = c.key;
end;

-- Takes in what an answer told of a budget. Numbers of the window that is counted already can only lower the count, since
-- requests on their way are subtracted here and not there; those of another window replace it. A window is the same when
-- it ends at the same time, but for what the source rounds. One that slides ends later with each request: the request that
-- used it up tells when all of it is there again.
create function tidemark.learn_budget(
  p_key text, p_pause_ms numeric, p_exhausted boolean, p_limit numeric, p_remaining numeric, p_resets_ms numeric)
  returns void language plpgsql as $$
declare
  v_now      timestamptz := clock_timestamp();
  v_resets   timestamptz := v_now + p_resets_ms::double precision * interval '1 millisecond';
  v_rounding interval    := '2 seconds';
begin
  update tidemark.rate_limits l
     set paused_until = greatest(l.paused_until, v_now + p_pause_ms::double precision * interval '1 millisecond')
   where l.key = p_key and p_pause_ms > 0;

  update tidemark.rate_limits l
     set quota     = coalesce(p_limit, greatest(l.quota, p_remaining)),
         remaining = case
           when l.resets_at > v_now
            and (l.told_at is null or v_resets between l.resets_at - v_rounding and l.resets_at + v_rounding)
           then least(l.remaining, p_remaining)
           else p_remaining
         end,
         resets_at = case
           when l.resets_at > v_now and l.told_at is not null
            and v_resets between l.resets_at - v_rounding and l.resets_at + v_rounding
           then case when p_remaining = 0 then greatest(l.resets_at, v_resets) else l.resets_at end
           else v_resets
         end,
         told_at   = v_now
   where l.key = p_key and p_remaining is not null and p_resets_ms is not null;

  -- Refused without a word on when to come again: then it is when the quota is whole, if that is known.
  update tidemark.rate_limits l
     set remaining = 0
   where l.key = p_key and p_exhausted and l.told_at is not null and l.resets_at > v_now;
end $$;

-- Takes the next slot of whichever budget has it first. Booked: the request may be sent after wait_ms. Else: ask again after
-- wait_ms; as far as is known there will be a slot in free_ms.
create function tidemark.take_slot(
  p_budgets text[], p_weight numeric, p_class text,
  out booked boolean, out budget text, out wait_ms double precision, out free_ms double precision,
  out bear_ms double precision)
  language plpgsql as $$
declare
  b          record;
  v_now      timestamptz := clock_timestamp();
  v_due      timestamptz;
  v_reserved numeric     := 0;
  -- When the quota lets the request in, where it does not yet.
  v_quota    timestamptz := '-infinity';
begin
  select l.key, l.interval_us * interval '1 microsecond' as spacing, l.slack_us * interval '1 microsecond' as slack,
         l.bear_us, l.reserve, l.tat, l.backfill_tat, l.paused_until, l.quota, l.remaining, l.resets_at, l.told_at
    into strict b
    from tidemark.rate_limits l
   where l.key = any (p_budgets)
   order by greatest(v_now, l.tat, l.paused_until, case when l.remaining < p_weight then l.resets_at end), l.key
   limit 1
     for update;
  v_now := clock_timestamp();
  budget := b.key;
  bear_ms := nullif(b.bear_us, 0) / 1000.0;

  if b.remaining is not null and b.resets_at <= v_now then
    -- A new window, of which nothing is told yet: as large as the last one, or everybody who waited would go at once.
    b.remaining := b.quota;
    b.resets_at := v_now + interval '5 seconds';
    b.told_at := null;
  end if;
  if p_class = 'backfill' then
    v_reserved := b.reserve * b.quota;
  end if;
  if b.remaining < least(p_weight, b.quota) + v_reserved then
    v_quota := b.resets_at;
  end if;

  if p_class = 'backfill' then
    -- A backfill takes a slot only when one is free now, so that it never queues in front of live requests.
    v_due := greatest(v_now, b.tat, b.backfill_tat, b.paused_until, v_quota);
    booked := v_due <= v_now;
  else
    -- GCRA as a reservation: a live request books its slot ahead, but not further than it is held for, nor beyond the
    -- quota. A slot that nobody waits for is lost to all, and where each asks again at its time, the next one is as far
    -- ahead, for ever.
    v_due := greatest(v_now, b.tat, b.paused_until, v_quota);
    booked := v_due <= v_now + interval '50 seconds' and v_quota <= v_now;
  end if;
  free_ms := extract(epoch from v_due - v_now) * 1000;

  if booked then
    wait_ms := free_ms;
    update tidemark.rate_limits l
       set booked_at = v_now,
           tat = greatest(b.tat, v_due - b.slack) + b.spacing * p_weight::double precision,
           backfill_tat = case p_class
             when 'backfill'
             then greatest(b.backfill_tat, v_due - b.slack) + b.spacing * (p_weight / (1 - b.reserve))::double precision
             else b.backfill_tat
           end,
           remaining = b.remaining - p_weight,
           resets_at = b.resets_at,
           told_at = b.told_at
     where l.key = b.key;
  elsif free_ms > 40000 then
    -- Asked about again and again, since a pause may grow and a budget may be declared anew.
    wait_ms := 40000 * (0.5 + random());
  else
    -- Not all of those who wait at the same moment.
    wait_ms := free_ms + 1 + random() * extract(epoch from b.spacing) * 500;
  end if;
end $$;

-- The fence and the rate budget in one call, before every request and every retry of one. p_told is what the last answer
-- told of a budget. Weight 0 books nothing: it asks for the fence, and whether the first budget is paused.
-- verdict: go (after wait_ms; asked_at is this server's clock), wait (nothing booked, ask again after wait_ms; a reason
-- tells that it is not for the budget), recorded (this page is already there: go on from next), stop (the reason says why).
create function tidemark.admit(
  p_run uuid, p_chunk integer, p_attempt integer, p_seq integer,
  p_source text, p_budgets text[], p_weight numeric, p_told jsonb,
  out verdict text, out reason text, out budget text, out wait_ms double precision, out free_ms double precision,
  out bear_ms double precision, out asked_at_us numeric, out digest text, out next jsonb)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_collector    text;
  v_run_status   text;
  v_class        text;
  v_chunk_status text;
  v_attempt      integer;
  v_booked       boolean;
begin
  -- A budget lost in a crash of the server costs a few early requests, a commit per request would cost more.
  perform set_config('synchronous_commit', 'off', true);
  wait_ms := 0;
  free_ms := 0;

  perform tidemark.ensure_budgets(p_source, p_budgets);
  perform tidemark.follow_clock(p_budgets);
  if p_told is not null then
    perform tidemark.ensure_budgets(p_source, array[p_told ->> 'budget']);
    perform tidemark.learn_budget(
      p_told ->> 'budget', (p_told ->> 'pauseMs')::numeric, (p_told ->> 'exhausted')::boolean,
      (p_told ->> 'limit')::numeric, (p_told ->> 'remaining')::numeric, (p_told ->> 'resetsInMs')::numeric);
  end if;

  select r.collector_name, r.status, r.class, c.status, c.attempt
    into v_collector, v_run_status, v_class, v_chunk_status, v_attempt
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

  -- What its target does not take is not read: it would fill the streams of everybody, and the hands of the loaders.
  select 'nothing more is read while its batches wait for the target: ' || w.code into reason
    from tidemark.waits w
   where w.collector_name = v_collector and tidemark.still_waits(w.seen_at);
  if found then
    verdict := 'wait';
    wait_ms := 1000 * (0.5 + random());
    return;
  end if;

  verdict := 'go';
  if p_weight > 0 and cardinality(p_budgets) > 0 then
    select s.booked, s.budget, s.wait_ms, s.free_ms, s.bear_ms into v_booked, budget, wait_ms, free_ms, bear_ms
      from tidemark.take_slot(p_budgets, p_weight, v_class) s;
    if not v_booked then
      verdict := 'wait';
    end if;
  elsif cardinality(p_budgets) > 0 then
    select l.key, greatest(extract(epoch from l.paused_until - clock_timestamp()) * 1000, 0) into budget, free_ms
      from tidemark.rate_limits l
     where l.key = p_budgets[1] and l.paused_until > clock_timestamp();
    if found then
      verdict := 'wait';
      wait_ms := least(free_ms, 40000 * (0.5 + random()));
    end if;
  end if;
  asked_at_us := tidemark.to_micros(clock_timestamp());
end $$;
