-- Up Migration

-- Ends what a chunk, or all of a run, does about dead letters: those that it still brings are replayed when it is done, and
-- else open again, with the reason if there is a new one. Last in the order of locks, after chunk, run and watermark.
create function tidemark.settle_letters(p_run uuid, p_chunk integer, p_status text, p_code text, p_reason text) returns void
  language sql as $$
    update tidemark.dead_letters d
       set status     = case when p_status = 'done' then 'replayed' else 'open' end,
           settled_at = case when p_status = 'done' then clock_timestamp() end,
           code       = coalesce(p_code, d.code),
           reason     = coalesce(p_reason, d.reason)
     where d.replay_run_id = p_run and d.status = 'replaying' and (p_chunk is null or d.replay_chunk_id = p_chunk);
  $$;

-- Closes what stands for a chunk that failed in earlier runs, once a run that took it up has read it whole. A chunk keeps its
-- number in all runs that take it up, and each of these names the run that it was taken from.
create function tidemark.settle_healed(p_run tidemark.collector_runs, p_chunk integer) returns void
  language sql as $$
    with recursive earlier as (
      select p_run.parent_run_id as id
       union
      select r.parent_run_id
        from earlier e
        join tidemark.collector_runs r on r.id = e.id
       where r.parent_run_id is not null)
    update tidemark.dead_letters d
       set status = 'replayed', settled_at = clock_timestamp(), replay_run_id = p_run.id, replay_chunk_id = p_chunk
      from earlier e
     where d.run_id = e.id and d.chunk_id = p_chunk and d.kind in ('page', 'message') and d.status = 'open';
  $$;

-- Whether a text is JSON; one that was cut is not.
create function tidemark.is_json(p_text text) returns boolean
  language plpgsql immutable strict as $$
begin
  perform p_text::json;
  return true;
exception
  when data_exception or program_limit_exceeded then
    return false;
end $$;

-- What is known of dead letters that matters for bringing them again. A letter of a chunk that is not kept any more has no
-- partition.
create view tidemark.letters_to_replay as
select d.id, d.collector_name, d.kind, d.status, d.run_id, d.chunk_id, d.code, r.mode, r.class,
       r.completed_at is not null as has_ended,
       c.partition, c.status as chunk_status,
       tidemark.to_micros(coalesce(b.asked_at, d.created_at)) as asked_at_us,
       octet_length(d.payload) as bytes
  from tidemark.dead_letters d
  left join tidemark.collector_runs r on r.id = d.run_id
  left join tidemark.chunks c on c.run_id = d.run_id and c.chunk_id = d.chunk_id
  left join tidemark.batches b
         on b.run_id = d.run_id and b.chunk_id = d.chunk_id and b.seq = d.seq and b.digest = d.digest and b.part = d.part;
