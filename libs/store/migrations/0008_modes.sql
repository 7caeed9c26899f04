-- Up Migration

-- A run that has reached a limit takes up nothing more: it is closing. What is on its way is still loaded, since the
-- source was asked for it; end_limited_run follows when nothing is.
create function tidemark.check_limits(p_run uuid) returns void
  language sql as $$
  update tidemark.collector_runs r
     set status = 'closing'
   where r.id = p_run and r.status = 'running'
     and (r.chunks_done + r.chunks_failed >= r.max_chunks
          or (r.max_records is not null
              and r.records_processed + (select coalesce(sum(c.records_processed), 0) from tidemark.chunks c
                                          where c.run_id = r.id and c.status = 'active') >= r.max_records));
$$;

-- Ends a closing run: chunks that are open are left to a later run, and the reason says how far it went.
create function tidemark.end_limited_run(p_run uuid) returns text
  language plpgsql as $$
declare
  v_status text;
begin
  select status into v_status from tidemark.collector_runs where id = p_run;
  -- A run that has read everything is closing too, while it looks for what vanished.
  if v_status is distinct from 'closing'
     or not exists (select from tidemark.chunks where run_id = p_run and status in ('waiting', 'active')) then
    return v_status;
  end if;
  v_status := tidemark.end_run(p_run, 'partial', null);
  update tidemark.collector_runs r
     set error_message = format('%sstopped by its limit of %s, after %s chunks and %s records; %s chunks are left open',
           r.error_message || '; ',
           concat_ws(' or ', r.max_chunks || ' chunks', r.max_records || ' records'),
           r.chunks_done + r.chunks_failed, r.records_processed,
           r.chunks_planned - r.chunks_done - r.chunks_failed)
   where r.id = p_run and r.status = 'partial';
  return v_status;
end $$;

-- Ends a chunk that is complete. One that loaded nothing of what it processed has failed, however little that was,
-- unless the definition takes any share of rejects.
create function tidemark.complete_chunk(p_run uuid, p_chunk integer, out chunk_status text, out run_status text)
  language plpgsql as $$
declare
  v_all_rejected boolean;
begin
  select c.records_processed > c.records_quarantined and c.records_rejected = c.records_processed
         and coalesce((d.definition #>> '{limits,maxRejects}')::double precision, 0) < 1
    into v_all_rejected
    from tidemark.chunks c
    join tidemark.collector_runs r on r.id = c.run_id
    left join tidemark.definitions d on d.collector_name = r.collector_name and d.revision = r.revision
   where c.run_id = p_run and c.chunk_id = p_chunk;
  if v_all_rejected then
    chunk_status := 'failed';
    run_status := tidemark.end_chunk(p_run, p_chunk, 'failed', 'REJECTS_EXCEEDED',
                                     'every record of the chunk was rejected; see its dead letters');
  else
    chunk_status := 'done';
    run_status := tidemark.end_chunk(p_run, p_chunk, 'done', null, null);
  end if;
end $$;

-- Copies chunks of an ended run into a new one; answers how many. They keep their numbers. Those that were cut off go on
-- where they were, if p_goes_on says that a place in the source is still the same; all others are read from their beginning. A window of which other slices were read by the earlier run is covered up to where these saw it; while some
-- slice of it is missing in both, it covers nothing.
create function tidemark.take_over_chunks(
  p_run uuid, p_parent uuid, p_statuses text[], p_chunks integer[], p_revision text, p_planned_at numeric,
  p_goes_on boolean)
  returns integer
  language plpgsql as $$
declare
  v_taken integer;
begin
  with siblings as (
    select c.*, c.status = any (p_statuses) and (p_chunks is null or c.chunk_id = any (p_chunks)) as taken
      from tidemark.chunks c
     -- Letters that were not brought are open again: a replay of them is the way, there is nothing to ask a source for.
     where c.run_id = p_parent and c.letters is null),
  windows as (
    select s.partition, s.cursor_from, s.cursor_to,
           bool_or(not s.taken and (s.status <> 'done' or p.bound is null)) as is_unknown,
           min(p.bound) filter (where not s.taken)                          as bound
      from siblings s
      left join tidemark.pages p on p.run_id = p_parent and p.chunk_id = s.chunk_id and p.seq = 0
     where s.cursor_from is not null
     group by s.partition, s.cursor_from, s.cursor_to)
  insert into tidemark.chunks
         (run_id, chunk_id, priority, partition, task, cursor_from, cursor_to, cover_to, covered, items)
  select p_run, s.chunk_id, s.priority, s.partition,
         s.task || jsonb_build_object('runId', p_run, 'runClass', (select class from tidemark.collector_runs where id = p_run),
                                      'attempt', 1, 'revision', p_revision, 'plannedAt', p_planned_at::text),
         s.cursor_from, s.cursor_to,
         case when w.is_unknown then s.cursor_from else least(s.cover_to, w.bound) end,
         b.covered,
         s.items
    from siblings s
    left join windows w on w.partition = s.partition and w.cursor_from = s.cursor_from
                       and w.cursor_to is not distinct from s.cursor_to
    left join tidemark.covered_before((select collector_name from tidemark.collector_runs where id = p_run)) b
           on b.partition = s.partition
   where s.taken;
  get diagnostics v_taken = row_count;

  if p_goes_on then
    update tidemark.chunks c
       set pages_before = f.frontier
      from tidemark.chunks s
     cross join lateral (select tidemark.frontier_of(s.run_id, s.chunk_id) as frontier) as f
     where c.run_id = p_run and s.run_id = p_parent and s.chunk_id = c.chunk_id and s.status = 'cancelled'
       and jsonb_array_length(tidemark.places_from(s.run_id, s.chunk_id, f.frontier)) = 1;

    insert into tidemark.pages
           (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, signal, found, seen, asked_at)
    select p_run, p.chunk_id, p.seq, p.digest, 0, p.outcome, p.last, p.next, p.bound, p.signal, p.found, p.seen, p.asked_at
      from tidemark.chunks c
      join tidemark.pages p on p.run_id = p_parent and p.chunk_id = c.chunk_id and p.seq < c.pages_before
     where c.run_id = p_run;
  end if;

  update tidemark.collector_runs r
     set succeeded_by = p_run
   where r.id = p_parent
     and not exists (select from tidemark.chunks c
                      where c.run_id = p_parent and c.status <> 'done' and c.letters is null
                        and not exists (select from tidemark.chunks t
                                         where t.run_id = p_run and t.chunk_id = c.chunk_id));
  return v_taken;
end $$;

-- Removes one small step of what is older than it is kept for; answers how many rows that were, 0 when all is done.
-- Chunks go first: a run whose chunks are not all there is never taken up again, and its late messages meet the fence.
create function tidemark.prune(p_before timestamptz, p_rows integer) returns integer
  language plpgsql as $$
declare
  v_run  uuid;
  v_rows integer;
begin
  select id into v_run
    from tidemark.collector_runs
   where completed_at < p_before and pruned_at is null and (mode <> 'rehearsal' or report is not null)
   order by completed_at
   limit 1
     for update skip locked;
  if found then
    delete from tidemark.chunks where ctid = any (array(
      select ctid from tidemark.chunks where run_id = v_run limit p_rows));
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
      delete from tidemark.pages where ctid = any (array(
        select ctid from tidemark.pages where run_id = v_run limit p_rows));
      get diagnostics v_rows = row_count;
    end if;
    if v_rows = 0 then
      delete from tidemark.batches where ctid = any (array(
        select ctid from tidemark.batches where run_id = v_run limit p_rows));
      get diagnostics v_rows = row_count;
    end if;
    if v_rows = 0 then
      update tidemark.collector_runs set pruned_at = clock_timestamp() where id = v_run;
      v_rows := 1;
    end if;
    return v_rows;
  end if;

  delete from tidemark.dead_letters where ctid = any (array(
    select ctid from tidemark.dead_letters
     where created_at < p_before and status <> 'replaying'
       -- A chunk that is to be published again is made of its letters.
       and not exists (select from tidemark.collector_runs r where r.id = replay_run_id and r.completed_at is null)
     order by created_at limit p_rows));
  get diagnostics v_rows = row_count;
  if v_rows > 0 then
    return v_rows;
  end if;

  delete from tidemark.commands where ctid = any (array(
    select ctid from tidemark.commands
     where answered_at < p_before and outcome <> 'queued'
     order by answered_at limit p_rows));
  get diagnostics v_rows = row_count;
  return v_rows;
end $$;
