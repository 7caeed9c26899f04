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
  updated_at    timestamptz not null default clock_timestamp()
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
  watermark_from    text,
  watermark_to      text,
  error_message     text,
  parent_run_id     uuid,
  parallel          integer     not null default 1 check (parallel > 0),
  traceparent       text,
  trace_id          text
);

-- One writer: at most one active run per collector and class.
create unique index collector_runs_active on tidemark.collector_runs (collector_name, class)
  where status in ('running', 'paused', 'closing');
create index collector_runs_by_collector on tidemark.collector_runs (collector_name, started_at desc);

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
  items             text[]  not null default '{}',
  -- True while the target is known to hold none of this chunk's rows, so that COPY may go straight into it.
  straight          boolean not null default false,
  released_at       timestamptz,
  completed_at      timestamptz,
  error_code        text,
  error_message     text,
  pages_read        integer not null default 0,
  parts_recorded    integer not null default 0,
  batches_loaded    integer not null default 0,
  records_processed bigint  not null default 0,
  records_inserted  bigint  not null default 0,
  records_updated   bigint  not null default 0,
  records_unchanged bigint  not null default 0,
  records_stale     bigint  not null default 0,
  records_rejected  bigint  not null default 0,
  primary key (run_id, chunk_id)
) with (fillfactor = 50);
create index chunks_open on tidemark.chunks (run_id, priority desc, chunk_id) where status in ('waiting', 'active');

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
  kind            text not null check (kind in ('period', 'id')),
  last_success_at timestamptz,
  checked_at      timestamptz,
  signal          text,
  run_id          uuid,
  primary key (collector_name, partition, key)
);

create table tidemark.dead_letters (
  id             bigint generated always as identity primary key,
  collector_name text        not null,
  run_id         uuid,
  chunk_id       integer,
  seq            integer,
  digest         text,
  part           integer,
  kind           text        not null check (kind in ('record', 'page', 'message')),
  position       integer,
  code           text        not null,
  reason         text        not null,
  payload        text        not null,
  status         text        not null default 'open' check (status in ('open', 'replaying', 'replayed', 'discarded')),
  trace_id       text,
  created_at     timestamptz not null default clock_timestamp()
);
create index dead_letters_run on tidemark.dead_letters (run_id);

create table tidemark.rate_limits (
  key          text primary key,
  interval_us  bigint      not null check (interval_us >= 0),
  burst        integer     not null default 1 check (burst > 0),
  -- Theoretical arrival time: when the next request would be due if all were evenly spaced.
  tat          timestamptz not null default '-infinity',
  paused_until timestamptz not null default '-infinity'
) with (fillfactor = 50);

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
  received_at    timestamptz not null default clock_timestamp(),
  answered_at    timestamptz not null default clock_timestamp()
);
create index commands_by_collector on tidemark.commands (collector_name, received_at desc);
create index commands_queued on tidemark.commands (collector_name, received_at) where outcome = 'queued';
