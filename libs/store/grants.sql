-- Who may do what with the schema `tidemark`, said anew after each migration. Only where deploy/postgres/roles.sql gave the
-- schema to a role of its own: else there is one user for everything, and nobody else to be granted anything.
do $$
declare
  v_function record;
begin
  if not exists (
    select from pg_namespace where nspname = 'tidemark' and pg_get_userbyid(nspowner) = 'tidemark_owner') then
    return;
  end if;

  revoke all on all tables in schema tidemark from tidemark_watermark, tidemark_extractor, tidemark_loader, tidemark_reader;
  revoke all on all routines in schema tidemark from public, tidemark_watermark, tidemark_extractor, tidemark_loader, tidemark_reader;
  grant usage on schema tidemark to tidemark_watermark, tidemark_extractor, tidemark_loader, tidemark_reader;

  grant select, insert, update, delete on all tables in schema tidemark to tidemark_watermark;
  revoke insert, update, delete on tidemark.migrations from tidemark_watermark;

  grant select on tidemark.definitions, tidemark.collector_runs, tidemark.chunks, tidemark.pages, tidemark.batches,
                  tidemark.watermarks, tidemark.items, tidemark.sweeps, tidemark.seen, tidemark.dead_letters,
                  tidemark.target_columns, tidemark.waits
     to tidemark_loader;
  grant insert on tidemark.batches, tidemark.items, tidemark.seen, tidemark.dead_letters, tidemark.waits to tidemark_loader;
  grant update on tidemark.collector_runs, tidemark.chunks, tidemark.batches, tidemark.watermarks, tidemark.items,
                  tidemark.seen, tidemark.dead_letters, tidemark.waits
     to tidemark_loader;
  -- What a run that ends without looking for what vanished has to forget.
  grant delete on tidemark.sweeps, tidemark.seen, tidemark.waits to tidemark_loader;

  grant select on all tables in schema tidemark to tidemark_reader;

  -- A function that runs with its caller's rights gives nobody any. The others are named: they write for those who may not.
  for v_function in
    select oid::regprocedure as name from pg_proc where pronamespace = 'tidemark'::regnamespace and not prosecdef
  loop
    execute format('grant execute on routine %s to tidemark_watermark, tidemark_loader, tidemark_reader', v_function.name);
  end loop;
  grant execute on function tidemark.admit, tidemark.record_page to tidemark_extractor;
  -- It brings dead letters again as pages of its own.
  grant execute on function tidemark.record_page to tidemark_watermark;
  grant execute on function tidemark.add_target_column to tidemark_loader;
end $$;
