-- Up Migration
create schema if not exists tidemark;

create table tidemark.collectors (
  name          text primary key,
  revision      text,
  definition    jsonb,
  -- The file that defines it; null for a built-in one.
  origin        text,
  enabled       boolean     not null default true,
  status        text        not null default 'ready' check (status in ('ready', 'invalid', 'blocked')),
  error_message text,
  registered_at timestamptz not null default clock_timestamp(),
  updated_at    timestamptz not null default clock_timestamp(),
  -- Ticks of the schedule before this moment are of another schedule, or of a time when the collector was switched off.
  scheduled_at  timestamptz not null default clock_timestamp()
);

-- Every revision that a run may be pinned to.
create table tidemark.definitions (
  collector_name text        not null,
  revision       text        not null,
  definition     jsonb       not null,
  registered_at  timestamptz not null default clock_timestamp(),
  primary key (collector_name, revision)
);

create table tidemark.collector_runs (
  id                uuid primary key,
  collector_name    text        not null,
  class             text        not null check (class in ('live', 'backfill')),
  mode              text        not null check (mode in ('incremental', 'full', 'backfill', 'retry', 'replay', 'rehearsal')),
  status            text        not null check (status in ('running', 'paused', 'closing', 'success', 'partial', 'failed', 'cancelled')),
  triggered_by      text        not null,
  revision          text        not null,
  started_at        timestamptz not null default clock_timestamp(),
  completed_at      timestamptz,
  -- Set when it goes on after a pause.
  resumed_at        timestamptz,
  chunks_planned    integer     not null default 0,
  chunks_done       integer     not null default 0,
  chunks_failed     integer     not null default 0,
  pages_read        bigint      not null default 0,
  records_processed bigint      not null default 0,
  records_inserted  bigint      not null default 0,
  records_updated   bigint      not null default 0,
  records_unchanged bigint      not null default 0,
  records_stale     bigint      not null default 0,
  records_rejected  bigint      not null default 0,
  records_refetched bigint      not null default 0,
  records_deleted   bigint      not null default 0,
  -- Rows of the target's children, which are no records.
  children_inserted bigint      not null default 0,
  children_updated  bigint      not null default 0,
  children_deleted  bigint      not null default 0,
  -- Records whose cursor lies outside of what was asked for, loaded or rejected.
  records_out_of_range bigint   not null default 0,
  -- Rows that were written although everything up to beyond their cursor had been read before: how many, how long after
  -- their cursor they were asked for at most, and how far below the watermark the deepest of them lay.
  late_records      bigint      not null default 0,
  max_lateness      interval,
  lookback_needed   numeric,
  -- Ids that were asked for and not answered.
  ids_missing       bigint      not null default 0,
  watermark_from    text,
  watermark_to      text,
  error_message     text,
  -- What went well but not as expected.
  warnings          text[]      not null default '{}',
  parent_run_id     uuid,
  parallel          integer     not null default 1 check (parallel > 0),
  -- The run ends after so many chunks, or soon after so many records.
  max_chunks        integer     check (max_chunks > 0),
  max_records       bigint      check (max_records > 0),
  -- The run that took up all chunks that this one left open, or that was started to forget them.
  succeeded_by      uuid,
  -- What a rehearsal found.
  report            jsonb,
  traceparent       text,
  trace_id          text,
  -- When chunks, pages and ledger of the run were removed.
  pruned_at         timestamptz
) with (fillfactor = 70);

-- One writer: at most one active run per collector and class.
create unique index collector_runs_active on tidemark.collector_runs (collector_name, class)
  where status in ('running', 'paused', 'closing');
create index collector_runs_newest on tidemark.collector_runs (started_at desc, id desc);
create index collector_runs_by_collector on tidemark.collector_runs (collector_name, started_at desc);
create index collector_runs_kept on tidemark.collector_runs (completed_at) where pruned_at is null;
create index collector_runs_unreported on tidemark.collector_runs (completed_at) where mode = 'rehearsal' and report is null;

create table tidemark.chunks (
  run_id            uuid    not null,
  chunk_id          integer not null,
  status            text    not null default 'waiting' check (status in ('waiting', 'active', 'done', 'failed', 'cancelled')),
  attempt           integer not null default 0,
  priority          integer not null default 0,
  partition         text    not null,
  task              jsonb   not null,
  cursor_from       numeric,
  cursor_to         numeric,
  -- At most up to here the chunk covers its window: other slices of it were read by an earlier run, up to then.
  cover_to          numeric,
  -- What was covered of its partition without a hole when the chunk was planned.
  covered           numrange,
  items             text[]  not null default '{}',
  -- The table that a rehearsal loads into instead of the target.
  scratch           text,
  -- The dead letters that it brings again, by their places in its one batch.
  letters           bigint[],
  -- True while the target is known to hold none of this chunk's rows, so that COPY may go straight into it.
  straight          boolean not null default false,
  released_at       timestamptz,
  completed_at      timestamptz,
  error_code        text,
  error_message     text,
  pages_read        integer not null default 0,
  -- Pages that an earlier run has read and loaded, from which this one goes on: they are kept with it, as pages without parts.
  pages_before      integer not null default 0,
  parts_recorded    integer not null default 0,
  batches_loaded    integer not null default 0,
  records_processed bigint  not null default 0,
  records_inserted  bigint  not null default 0,
  records_updated   bigint  not null default 0,
  records_unchanged bigint  not null default 0,
  records_stale     bigint  not null default 0,
  records_rejected  bigint  not null default 0,
  children_inserted bigint  not null default 0,
  children_updated  bigint  not null default 0,
  children_deleted  bigint  not null default 0,
  -- Of the rejected ones those that are put aside, which fail nothing.
  records_quarantined  bigint not null default 0,
  records_out_of_range bigint not null default 0,
  late_records      bigint  not null default 0,
  max_lateness      interval,
  lookback_needed   numeric,
  primary key (run_id, chunk_id)
) with (fillfactor = 50);
-- Small ones for each question that is asked when a chunk ends: a run may have 20,000 of them.
create index chunks_waiting on tidemark.chunks (run_id, priority desc, chunk_id) where status = 'waiting';
create index chunks_active on tidemark.chunks (run_id, chunk_id) where status = 'active';
create index chunks_window on tidemark.chunks (run_id, partition, cursor_from);
create index chunks_not_done on tidemark.chunks (run_id, partition, cursor_from) where status <> 'done';

-- A chunk's pages: the first content of a seq wins and names what follows it.
create table tidemark.pages (
  run_id      uuid        not null,
  chunk_id    integer     not null,
  seq         integer     not null,
  digest      text        not null,
  parts       integer     not null,
  outcome     text        not null check (outcome in ('page', 'last', 'split', 'unchanged')),
  last        boolean     not null,
  next        jsonb       not null,
  bound       numeric,
  signal      text,
  -- Of a worklist: the ids that were asked for and are in this page.
  found       text[],
  -- Of an integer cursor: its values in this page, each with what is so close below it that it belongs together.
  seen        nummultirange,
  asked_at    timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (run_id, chunk_id, seq)
);

-- The ledger: one row for each content that was loaded. Seen again, nothing changes.
create table tidemark.batches (
  run_id            uuid    not null,
  chunk_id          integer not null,
  seq               integer not null,
  digest            text    not null,
  part              integer not null,
  id                bigint  generated always as identity,
  attempt           integer not null,
  outcome           text    not null,
  records_processed integer not null default 0,
  records_inserted  integer not null default 0,
  records_updated   integer not null default 0,
  records_unchanged integer not null default 0,
  records_stale     integer not null default 0,
  records_rejected  integer not null default 0,
  children_inserted integer not null default 0,
  children_updated  integer not null default 0,
  children_deleted  integer not null default 0,
  records_out_of_range integer not null default 0,
  -- Values that a column could not take and that its schema contract leaves out.
  values_discarded  integer not null default 0,
  asked_at          timestamptz not null,
  loaded_at         timestamptz not null default clock_timestamp(),
  trace_id          text,
  primary key (run_id, chunk_id, seq, digest, part),
  check (records_processed = records_inserted + records_updated + records_unchanged + records_stale + records_rejected)
) with (fillfactor = 70);
create unique index batches_id on tidemark.batches (id);

create table tidemark.watermarks (
  collector_name text           not null,
  partition      text           not null,
  unit           text           not null check (unit in ('time', 'integer')),
  -- Where live responsibility begins.
  floor          numeric        not null,
  covered        nummultirange  not null default '{}',
  run_id         uuid,
  updated_at     timestamptz    not null default clock_timestamp(),
  primary key (collector_name, partition)
);

create table tidemark.items (
  collector_name  text not null,
  partition       text not null,
  key             text not null,
  kind            text not null check (kind in ('period', 'id', 'token', 'answer')),
  last_success_at timestamptz,
  checked_at      timestamptz,
  signal          text,
  run_id          uuid,
  -- An id that was asked for and not answered: since when, and how often in a row.
  missing_at      timestamptz,
  missing_count   integer not null default 0,
  -- Since when the list of an id says that it will not change any more.
  final_at        timestamptz,
  primary key (collector_name, partition, key)
);
create index items_missing on tidemark.items (collector_name, missing_at) where missing_count > 0;

-- What a run that reads everything deletes when it has ended; while the row is there, its batches remember what they saw.
create table tidemark.sweeps (
  run_id            uuid primary key,
  -- The quoted name of the target.
  target            text             not null,
  key               text[]           not null,
  deletions         text             not null check (deletions in ('mark', 'remove')),
  max_deleted_share double precision not null,
  -- Sets of values of the target's fields, as texts: only rows that have one of them may be deleted. Empty: all rows.
  scope             jsonb            not null,
  -- Each run hashes keys differently, so that two that fall together do so once.
  seed              bigint           not null
);

-- The keys of what a batch brought, as hashes: written in its transaction, and WAL-logged, since what a crash empties
-- would look as if it had vanished.
create table tidemark.seen (
  run_id   uuid     not null,
  batch_id bigint   not null,
  keys     bigint[] not null,
  primary key (run_id, batch_id)
);
alter table tidemark.seen alter column keys set storage external;

create table tidemark.dead_letters (
  id             bigint generated always as identity primary key,
  collector_name text        not null,
  run_id         uuid,
  chunk_id       integer,
  seq            integer,
  digest         text,
  part           integer,
  -- A record as its source gave it; a row as PostgreSQL refused it, its values by column as COPY's text has them; a page's
  -- answer or task; a message's body.
  kind           text        not null check (kind in ('record', 'row', 'page', 'message')),
  position       integer,
  code           text        not null,
  reason         text        not null,
  payload        text        not null,
  status         text        not null default 'open' check (status in ('open', 'replaying', 'replayed', 'discarded')),
  trace_id       text,
  created_at     timestamptz not null default clock_timestamp(),
  -- As it came, where somebody has edited it.
  original_payload text,
  edited_at      timestamptz,
  -- The run and chunk that brings it again, or did last, and how often that was.
  replay_run_id  uuid,
  replay_chunk_id integer,
  replays        integer     not null default 0,
  -- When it was replayed or discarded, and why the latter.
  settled_at     timestamptz,
  note           text
);
-- A message that belongs to no chunk is kept once, whoever of several comes first.
create unique index dead_letters_lost on tidemark.dead_letters (collector_name, digest, run_id) nulls not distinct
  where kind = 'message' and chunk_id is null;
create index dead_letters_run on tidemark.dead_letters (run_id, chunk_id);
create index dead_letters_age on tidemark.dead_letters (created_at);
create index dead_letters_open on tidemark.dead_letters (collector_name, id) where status = 'open';
create index dead_letters_replaying on tidemark.dead_letters (replay_run_id, replay_chunk_id) where status = 'replaying';

-- What batches of a collector wait for that is neither their fault nor the network's: a column, a right, room on a disk.
create table tidemark.waits (
  collector_name text primary key,
  code           text        not null,
  reason         text        not null,
  since          timestamptz not null default clock_timestamp(),
  seen_at        timestamptz not null default clock_timestamp()
);

-- A wait that nobody has told of for two minutes is over.
create function tidemark.still_waits(seen_at timestamptz) returns boolean
  language sql
  return seen_at > clock_timestamp() - interval '2 minutes';

-- What a source may be asked: one row for each source, and one for each entity and token of it with a budget of its own.
create table tidemark.rate_limits (
  key          text primary key,
  source       text        not null,
  -- The collector whose definition declares the rate; null while none does.
  declared_by  text,
  interval_us  bigint      not null default 0 check (interval_us >= 0),
  -- Time without requests that is kept, to be caught up: a bucket, or a little against gaps.
  slack_us     bigint      not null default 0 check (slack_us >= 0),
  -- So late after its slot a request may still be sent.
  bear_us      bigint      not null default 0 check (bear_us >= 0),
  -- The share that backfills leave to live collection.
  reserve      numeric     not null default 0 check (reserve >= 0 and reserve < 1),
  -- Theoretical arrival time: when the next request would be due if all were evenly spaced. Backfills have one more.
  tat          timestamptz not null default '-infinity',
  backfill_tat timestamptz not null default '-infinity',
  paused_until timestamptz not null default '-infinity',
  -- The clock at the last booking.
  booked_at    timestamptz not null default '-infinity',
  -- What the source's own answers tell: the size of the quota, what is left of it, and when it is whole again.
  quota        numeric,
  remaining    numeric,
  resets_at    timestamptz not null default '-infinity',
  -- Null while remaining is only assumed, in a new window that no answer has told of.
  told_at      timestamptz
) with (fillfactor = 50);
create index rate_limits_source on tidemark.rate_limits (source);

create table tidemark.commands (
  id             uuid primary key,
  verb           text        not null,
  collector_name text        not null,
  payload        text        not null,
  outcome        text        not null check (outcome in ('accepted', 'queued', 'skipped', 'refused')),
  reasons        text[]      not null default '{}',
  run_id         uuid,
  -- The checked command, kept while it is queued.
  command        jsonb,
  -- What was asked for: the plan of a run that is not started.
  result         jsonb,
  received_at    timestamptz not null default clock_timestamp(),
  answered_at    timestamptz not null default clock_timestamp()
);
create index commands_by_collector on tidemark.commands (collector_name, received_at desc);
create index commands_refused on tidemark.commands (answered_at desc) where outcome = 'refused';
create index commands_age on tidemark.commands (answered_at) where outcome <> 'queued';
create index commands_queued on tidemark.commands (collector_name, received_at) where outcome = 'queued';
