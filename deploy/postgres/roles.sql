-- A role for each service, with what it needs and no more. Run by an administrator in Tidemark's database, before the first
-- start or at any time after it; run again, it changes nothing:
--
--   psql "$ADMIN_URL" -v ON_ERROR_STOP=1 -f deploy/postgres/roles.sql
--
-- Then give each role its password, which psql asks for and no log sees, and each service an address of its own:
--
--   psql "$ADMIN_URL" -c '\password tidemark_watermark'     (tidemark_extractor, tidemark_loader, tidemark_reader)
--
--   tidemark_owner      owns the schema and all targets; nobody logs in as it
--   tidemark_watermark  plans and keeps the records of runs; acts as the owner to migrate and to make targets
--   tidemark_extractor  calls two functions, and sees no table
--   tidemark_loader     writes rows, ledger and watermarks; changes no table but by one function, which adds columns
--   tidemark_reader     reads: the command line, dashboards. Grant it to people who may see everything
--
-- Who may do what with the tables of the schema is said by libs/store/grants.sql, after each migration. What follows here
-- is about targets, wherever they are: whatever the owner makes is open to those who load and read it.
--
-- An administrator is a superuser, or on PostgreSQL 16 and newer a role with CREATEROLE that owns the database.
begin;
set local client_min_messages = warning;

do $$
declare
  v_role     text;
  v_relation record;
begin
  foreach v_role in array array['owner', 'watermark', 'extractor', 'loader', 'reader'] loop
    v_role := 'tidemark_' || v_role;
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
    execute format('alter role %I %s', v_role,
                   case v_role when 'tidemark_owner' then 'nologin' when 'tidemark_watermark' then 'login noinherit' else 'login' end);
    if v_role <> 'tidemark_owner' then
      execute format('grant connect on database %I to %I', current_database(), v_role);
    end if;
  end loop;
  grant tidemark_owner to tidemark_watermark;
  -- Who is no superuser hands over only what goes to a role of its own.
  if not (select rolsuper from pg_roles where rolname = current_user)
     and not pg_has_role(current_user, 'tidemark_owner', 'member') then
    execute format('grant tidemark_owner to %I', current_user);
  end if;
  alter role tidemark_reader set default_transaction_read_only = on;

  execute format('grant create on database %I to tidemark_owner', current_database());
  grant usage, create on schema public to tidemark_owner;
  grant usage on schema public to tidemark_watermark, tidemark_loader, tidemark_reader;
  create schema if not exists tidemark;
  alter schema tidemark owner to tidemark_owner;

  -- What one user for all had made before.
  for v_relation in
    select c.oid::regclass as name, n.nspname as schema, c.relkind
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v')
       and (n.nspname = 'tidemark'
            or 3 = (select count(*) from pg_attribute a
                     where a.attrelid = c.oid and a.attname in ('_run_id', '_batch_id', '_asked_at') and not a.attisdropped))
       and n.nspname not like 'pg\_%'
     order by c.oid
  loop
    execute format('alter %s %s owner to tidemark_owner',
                   case v_relation.relkind when 'v' then 'view' else 'table' end, v_relation.name);
    if v_relation.schema <> 'tidemark' then
      execute format('grant usage, create on schema %I to tidemark_owner', v_relation.schema);
      execute format('grant usage on schema %I to tidemark_watermark, tidemark_loader, tidemark_reader', v_relation.schema);
      execute format('grant select, update, delete on %s to tidemark_watermark', v_relation.name);
      execute format('grant select, insert, update, delete on %s to tidemark_loader', v_relation.name);
      execute format('grant select on %s to tidemark_reader', v_relation.name);
    end if;
  end loop;
  for v_relation in select oid::regprocedure as name from pg_proc where pronamespace = 'tidemark'::regnamespace loop
    execute format('alter routine %s owner to tidemark_owner', v_relation.name);
  end loop;
  if to_regnamespace('tidemark_rehearsals') is not null then
    alter schema tidemark_rehearsals owner to tidemark_owner;
  end if;
end $$;

alter default privileges for role tidemark_owner grant usage on schemas to tidemark_watermark, tidemark_loader, tidemark_reader;
alter default privileges for role tidemark_owner grant select, update, delete on tables to tidemark_watermark;
alter default privileges for role tidemark_owner grant select, insert, update, delete on tables to tidemark_loader;
alter default privileges for role tidemark_owner grant select on tables to tidemark_reader;
alter default privileges for role tidemark_owner revoke execute on routines from public;

commit;
