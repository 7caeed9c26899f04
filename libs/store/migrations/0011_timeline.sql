-- Up Migration

-- A count that only grows, told to NATS each time: a database that is behind what NATS has heard of it was put back to an
-- earlier state. One row.
create table tidemark.timeline (
  only_one    boolean     primary key default true check (only_one),
  -- Which installation this is; a copy of the database has it too.
  database_id uuid        not null default gen_random_uuid(),
  beat        bigint      not null default 0,
  beaten_at   timestamptz not null default clock_timestamp()
);
insert into tidemark.timeline default values;

-- Each time that was noticed.
create table tidemark.restores (
  id          bigint      generated always as identity primary key,
  noticed_at  timestamptz not null default clock_timestamp(),
  -- rewound: an earlier state of this database. replaced: another database than the one that NATS knows.
  kind        text        not null check (kind in ('rewound', 'replaced')),
  -- What this database holds reaches up to about this moment.
  restored_to timestamptz not null,
  -- The last moment of which NATS has heard: what was done in between is not known any more.
  seen_until  timestamptz not null
);

-- Counts one on, or notices that the count is behind what was heard of it: then it goes on from there, so that this is
-- noticed once, by one of those who look at the same time.
create function tidemark.beat(
  p_database uuid, p_beat bigint, p_beaten_at timestamptz,
  out database_id uuid, out beat bigint, out beaten_at timestamptz,
  out noticed text, out restored_to timestamptz, out seen_until timestamptz)
  language plpgsql as $$
declare
  v_before tidemark.timeline%rowtype;
begin
  select * into strict v_before from tidemark.timeline for update;
  if p_database <> v_before.database_id then
    noticed := 'replaced';
  elsif p_beat > v_before.beat then
    noticed := 'rewound';
  end if;
  update tidemark.timeline t
     set beat = greatest(t.beat, case when noticed = 'rewound' then p_beat end) + 1, beaten_at = clock_timestamp()
  returning t.database_id, t.beat, t.beaten_at into strict database_id, beat, beaten_at;
  if noticed is not null then
    restored_to := v_before.beaten_at;
    seen_until := p_beaten_at;
    insert into tidemark.restores (kind, restored_to, seen_until) values (noticed, restored_to, seen_until);
  end if;
end $$;
