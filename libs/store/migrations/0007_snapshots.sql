-- Up Migration

-- What is known of the ids that a chunk asked for, when it is done: found in one of its recorded pages, or missing.
create function tidemark.cover_ids(p_run tidemark.collector_runs, p_chunk tidemark.chunks) returns void
  language plpgsql as $$
declare
  v_asked_at timestamptz;
  v_missing  bigint;
begin
  select min(asked_at) into strict v_asked_at
    from tidemark.pages where run_id = p_chunk.run_id and chunk_id = p_chunk.chunk_id;

  with found as (
    select distinct unnest(p.found) as key
      from tidemark.pages p where p.run_id = p_chunk.run_id and p.chunk_id = p_chunk.chunk_id),
  asked as (
    select distinct a.key, f.key is not null as is_found
      from unnest(p_chunk.items) as a(key)
      left join found f on f.key = a.key),
  noted as (
    insert into tidemark.items as i
           (collector_name, partition, key, kind, last_success_at, checked_at, run_id, missing_at, missing_count)
    select p_run.collector_name, p_chunk.partition, key, 'id', case when is_found then v_asked_at end, v_asked_at,
           p_run.id, case when not is_found then v_asked_at end, (not is_found)::integer
      from asked
     order by key
    on conflict (collector_name, partition, key) do update
       set last_success_at = greatest(i.last_success_at, excluded.last_success_at),
           checked_at      = greatest(i.checked_at, excluded.checked_at),
           run_id          = excluded.run_id,
           missing_at      = case when excluded.missing_count > 0
                                  then coalesce(i.missing_at, excluded.missing_at) end,
           missing_count   = case when excluded.missing_count > 0 then i.missing_count + 1 else 0 end)
  select count(*) filter (where not is_found) into v_missing from asked;

  update tidemark.collector_runs set ids_missing = ids_missing + v_missing where id = p_run.id and v_missing > 0;
end $$;

-- Whether a run whose chunks have all ended has yet to look for what vanished from its source. One that has not read
-- everything never does, and forgets what it saw. The caller holds the run's row lock.
create function tidemark.must_sweep(p_run uuid) returns boolean
  language plpgsql as $$
declare
  v_run tidemark.collector_runs%rowtype;
begin
  if not exists (select from tidemark.sweeps where run_id = p_run) then
    return false;
  end if;
  select * into strict v_run from tidemark.collector_runs where id = p_run;
  if v_run.chunks_done > 0 and v_run.chunks_done = v_run.chunks_planned then
    return true;
  end if;
  perform tidemark.forget_sweep(p_run);
  return false;
end $$;

create function tidemark.forget_sweep(p_run uuid) returns void
  language sql
  begin atomic
    delete from tidemark.seen where run_id = p_run;
    delete from tidemark.sweeps where run_id = p_run;
  end;

-- The conditions under which a row of a target may be deleted by a sweep: its partition was read, the collector wrote it
-- last, and that was asked for before the run asked for anything.
create function tidemark.swept_rows(p_sweep tidemark.sweeps, p_collector text, p_first timestamptz) returns text
  language plpgsql stable as $$
declare
  v_scope text;
begin
  select string_agg('(' || (
           select string_agg(format('t.%I::text = %L', field, value), ' and ')
             from jsonb_each_text(s.fields) as f(field, value)) || ')', ' or ')
    into v_scope
    from jsonb_array_elements(p_sweep.scope) as s(fields);
  return format(
    't._asked_at < %L::timestamptz and t._run_id in (select id from tidemark.collector_runs where collector_name = %L)',
    p_first, p_collector)
    || case when p_sweep.deletions = 'mark' then ' and t._deleted_at is null' else '' end
    || coalesce(' and (' || v_scope || ')', '');
end $$;

-- Deletes what vanished from a source that was read whole, and closes the run. Rows that were seen by no batch of the run
-- are gone, unless their share is too large to believe, or records were rejected, whose keys nobody knows: then nothing is
-- deleted and the run ends partial. Answers null when somebody else sweeps the run now.
create function tidemark.sweep(p_run uuid, out run_status text, out deleted bigint)
  language plpgsql as $$
declare
  v_run    tidemark.collector_runs%rowtype;
  v_sweep  tidemark.sweeps%rowtype;
  v_first  timestamptz;
  v_last   timestamptz;
  v_rows   bigint := 0;
  v_gone   bigint := 0;
  v_reason text;
begin
  deleted := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('tidemark.sweep.' || p_run, 0)) then
    return;
  end if;
  select * into v_run from tidemark.collector_runs where id = p_run;
  select * into v_sweep from tidemark.sweeps where run_id = p_run;
  -- A limit closes runs as well, before all of it is read.
  if v_run.status is distinct from 'closing' or v_sweep.run_id is null
     or v_run.chunks_done < v_run.chunks_planned then
    run_status := v_run.status;
    return;
  end if;

  if v_run.records_rejected > 0 then
    v_reason := format('SNAPSHOT_INCOMPLETE: %s records were rejected, so nothing was deleted; see the dead letters of the run',
                       v_run.records_rejected);
  else
    select min(asked_at), max(asked_at) into v_first, v_last from tidemark.pages where run_id = p_run;
    execute format(
      'with seen as materialized (
         select distinct unnest(keys) as key from tidemark.seen where run_id = %L),
       mine as materialized (
         select t.ctid as place,
                not exists (select from seen
                             where seen.key = hash_record_extended(row(%s), %L::bigint)) as gone
           from %s as t
          where %s),
       tally as (
         select count(*) as rows, count(*) filter (where gone) as gone, clock_timestamp() as swept_at from mine),
       done as (
         %s
         returning 1)
       select tally.rows, tally.gone, (select count(*) from done) from tally',
      p_run,
      (select string_agg(format('t.%I', name), ', ' order by place)
         from unnest(v_sweep.key) with ordinality as k(name, place)),
      v_sweep.seed, v_sweep.target, tidemark.swept_rows(v_sweep, v_run.collector_name, v_first),
      tidemark.sweep_statement(v_sweep, p_run, v_last))
      into v_rows, v_gone, deleted;
    if v_gone > v_sweep.max_deleted_share * v_rows then
      v_reason := format('SNAPSHOT_SHRUNK: %s of %s rows are missing in the source, a larger share than maxDeletedShare %s allows; nothing was deleted',
                         v_gone, v_rows, v_sweep.max_deleted_share);
    end if;
  end if;

  -- The target came first: everybody locks in this order. A run that was ended meanwhile deletes nothing.
  select * into strict v_run from tidemark.collector_runs where id = p_run for update;
  if v_run.status <> 'closing' then
    raise exception 'the run % was ended while it was swept', p_run using errcode = 'serialization_failure';
  end if;
  perform tidemark.forget_sweep(p_run);
  run_status := tidemark.close_run(p_run);
  update tidemark.collector_runs
     set records_deleted = records_deleted + deleted,
         status          = case when v_reason is null then status else 'partial' end,
         error_message   = coalesce(error_message, v_reason)
   where id = p_run
  returning status into run_status;
end $$;

-- The part of a sweep that writes, unless too much is gone. A mark is a content of its own in the order of contents: absent
-- as of the last request.
create function tidemark.sweep_statement(p_sweep tidemark.sweeps, p_run uuid, p_last timestamptz) returns text
  language sql stable
  return case p_sweep.deletions
    when 'mark' then format(
      'update %s as t
          set _deleted_at = tally.swept_at, updated_at = tally.swept_at,
              _asked_at = %L::timestamptz, _run_id = %L::uuid, _batch_id = null
         from mine, tally
        where t.ctid = mine.place and mine.gone and tally.gone <= %L::double precision * tally.rows',
      p_sweep.target, p_last, p_run, p_sweep.max_deleted_share)
    else format(
      'delete from %s as t
        using mine, tally
        where t.ctid = mine.place and mine.gone and tally.gone <= %L::double precision * tally.rows',
      p_sweep.target, p_sweep.max_deleted_share)
  end;
