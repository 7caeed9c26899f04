import { addOnly, children } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import { askDifferences } from './ask-differences.ts';
import type { Difference } from './difference.ts';

/** Only this collector's pages may fail for good: it tries twice. */
export const FLAKY = 'flaky';

const counts = [
  ...['processed', 'inserted', 'updated', 'unchanged', 'stale', 'rejected'].map(
    (of) => `records_${of}`,
  ),
  ...['inserted', 'updated', 'deleted'].map((of) => `children_${of}`),
];

/** Every run ended, and its numbers are what was written, each row once. */
export async function checkRuns({ pool }: World): Promise<Difference[]> {
  const asked = [
    askDifferences(pool, 'runs', openSql),
    askDifferences(pool, 'counts of runs', sumSql),
    askDifferences(pool, 'runs and ledger', ledgerSql),
    askDifferences(pool, 'chunks and ledger', chunkSql),
    askDifferences(pool, 'events never change', neverChangedSql),
    ...addOnly.map((table) => askDifferences(pool, `inserted ${table}`, insertedSql(table))),
    ...['orders', 'stock'].map((table) =>
      askDifferences(pool, `children of ${table}`, childrenSql(table)),
    ),
    ...[...addOnly, 'stock', ...Object.keys(children)].map((table) =>
      askDifferences(pool, `lineage of ${table}`, lineageSql(table)),
    ),
  ];
  return (await Promise.all(asked)).flat();
}

const openSql = `
  select id::text as key, format('%s %s is %s: %s', collector_name, mode, status, error_message) as what
    from tidemark.collector_runs
   where completed_at is null
      or status not in ('success', 'cancelled') and collector_name <> '${FLAKY}'
  union all
  select concat(run_id, '/', chunk_id), 'chunk is ' || status from tidemark.chunks
   where status in ('waiting', 'active')`;

const sumSql = `
  select id::text as key, format('processed %s is not the sum of the others', records_processed) as what
    from tidemark.collector_runs
   where records_processed <> records_inserted + records_updated + records_unchanged + records_stale + records_rejected`;

const sumOf = (count: string): string => `coalesce(sum(b.${count}), 0)`;

const ledgerSql = `
  select r.id::text as key,
         format('%s says (%s), its ledger (%s)', r.collector_name,
                concat_ws(',', ${counts.map((count) => `r.${count}`).join(', ')}),
                concat_ws(',', ${counts.map(sumOf).join(', ')})) as what
    from tidemark.collector_runs r
    left join tidemark.batches b on b.run_id = r.id
   group by r.id
  having (${counts.map((count) => `r.${count}`).join(', ')})
      is distinct from (${counts.map(sumOf).join(', ')})`;

const chunkSql = `
  select concat(c.run_id, '/', c.chunk_id) as key, 'its numbers are not those of its ledger' as what
    from tidemark.chunks c
    left join tidemark.batches b on b.run_id = c.run_id and b.chunk_id = c.chunk_id
   group by c.run_id, c.chunk_id
  having (${counts.map((count) => `c.${count}`).join(', ')})
      is distinct from (${counts.map(sumOf).join(', ')})`;

const neverChangedSql = `
  select id::text as key, format('%s updated %s rows of events', collector_name, records_updated) as what
    from tidemark.collector_runs
   where collector_name in ('events', '${FLAKY}') and records_updated > 0`;

function insertedSql(table: string): string {
  return `
    select 'all runs' as key, format('inserted %s rows, the target has %s', told.rows, found.rows) as what
      from (select coalesce(sum(records_inserted), 0) as rows
              from tidemark.collector_runs where collector_name = '${table}') as told,
           (select count(*) as rows from public.${table}) as found
     where told.rows <> found.rows`;
}

/** Rows of children that were inserted and not deleted are there. */
function childrenSql(parent: string): string {
  const tables = Object.entries(children).flatMap(([child, of]) => (of === parent ? [child] : []));
  const rows = tables.map((table) => `(select count(*) from public.${table})`).join(' + ');
  return `
    select 'all runs' as key, format('left %s rows, there are %s', told.rows, found.rows) as what
      from (select coalesce(sum(children_inserted - children_deleted), 0) as rows
              from tidemark.collector_runs where collector_name = '${parent}') as told,
           (select ${rows} as rows) as found
     where told.rows <> found.rows`;
}

/** A row names the batch that wrote it, and the ledger knows that batch; a row that a sweep marked names the run only. */
function lineageSql(table: string): string {
  return `
    select t._batch_id::text as key, 'wrote a row and is not in the ledger of its run' as what
      from public.${table} t
     where t._batch_id is not null
       and not exists (select from tidemark.batches b where b.id = t._batch_id and b.run_id = t._run_id)`;
}
