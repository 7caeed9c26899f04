-- Up Migration

-- The columns that schema contracts added to targets, and what each is for: a field that nobody declared, or the values
-- that are not of the type of another column. What is not listed here is nobody's business but its owner's.
create table tidemark.target_columns (
  -- The table as SQL writes its name, with its schema.
  target      text        not null,
  column_name text        not null check (column_name ~ '^[a-z_][a-z0-9_]{0,62}$'),
  type        text        not null check (type in ('boolean', 'bigint', 'numeric', 'timestamptz', 'text', 'jsonb')),
  field       text,
  variant_of  text,
  -- The run whose records brought it.
  run_id      uuid,
  added_at    timestamptz not null default clock_timestamp(),
  primary key (target, column_name),
  unique (target, field),
  unique (target, variant_of, type),
  check ((field is null) <> (variant_of is null))
);

-- Those of a target that are there, with the type that is written here.
create function tidemark.target_columns_of(p_target text) returns setof tidemark.target_columns
  language sql stable as $$
    select c.*
      from tidemark.target_columns as c
      join pg_attribute as a on a.attrelid = p_target::regclass and a.attname = c.column_name
                            and a.atttypid = c.type::regtype and not a.attisdropped
     where c.target = p_target
     order by c.added_at, c.column_name
  $$;

-- The same, and until the transaction ends no column comes or goes. It is the lock that writing rows takes anyway.
create function tidemark.hold_target_columns(p_target text) returns setof tidemark.target_columns
  language plpgsql as $$
begin
  execute format('lock table %s in row exclusive mode', p_target::regclass);
  return query select * from tidemark.target_columns_of(p_target);
end $$;

-- Adds a column to a target, under its old name if somebody dropped it. The caller holds the target's advisory lock. Whoever
-- uses the table for long makes this fail soon, so that not everybody queues behind it.
create function tidemark.add_target_column(
  p_target text, p_column text, p_type text, p_field text, p_variant_of text, p_run uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  v_table  regclass := p_target::regclass;
  v_column text;
begin
  if not exists (select from pg_attribute where attrelid = v_table and attname = '_batch_id' and not attisdropped) then
    raise exception '% is not a target', p_target using errcode = 'wrong_object_type';
  end if;
  insert into tidemark.target_columns as c (target, column_name, type, field, variant_of, run_id)
  values (p_target, p_column, p_type, p_field, p_variant_of, p_run)
  on conflict do nothing;
  update tidemark.target_columns as c
     set type = p_type
   where c.target = p_target
     and (c.field = p_field or (c.variant_of = p_variant_of and c.type = p_type))
  returning c.column_name into strict v_column;
  execute format('alter table %s add column if not exists %I %s', v_table, v_column, p_type);
end $$;
