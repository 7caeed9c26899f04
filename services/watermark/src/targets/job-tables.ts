import { childrenOf, jobsOf, type Definition, type Job } from '@tidemark/collector-sdk';
import type { Partition } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import type { Queryable, Store } from '@tidemark/store';
import { ensureTables } from './ensure-target.ts';
import { targetName } from './target-statements.ts';

/** Jobs that are to be planned have no table yet. It cannot be made in the transaction that plans: that holds locks. */
class TablesMissingError extends TransientError {
  override readonly name = 'TablesMissingError';
  readonly jobs: readonly Job[];

  constructor(jobs: readonly Job[]) {
    super('TARGET_SCHEMA_MISMATCH', `${jobs.length} jobs have no table yet`);
    this.jobs = jobs;
  }
}

/** A transaction that may plan runs. Where it finds jobs without a table, these get theirs outside of it, and it begins again. */
export async function planningTransaction<T>(
  store: Store,
  work: Parameters<typeof store.transaction<T>>[0],
): Promise<T> {
  try {
    return await store.transaction(work);
  } catch (error) {
    if (!(error instanceof TablesMissingError)) throw error;
    for (const { definition } of error.jobs) await ensureTables(store, definition);
    return store.transaction(work);
  }
}

/** Which of the partitions have empty tables of their own; throws, for `planningTransaction`, when one has none at all. */
export async function findEmptyJobs(
  db: Queryable,
  definition: Definition,
  partitions: readonly Partition[],
): Promise<ReadonlySet<string>> {
  const jobs = jobsOf(definition, partitions);
  const tables = jobs.flatMap((job, place) =>
    [job, ...childrenOf(job.definition)].map((each) => ({
      job: place,
      name: targetName(each.definition),
    })),
  );
  const { rows } = await db.query<{ isThere: boolean; isEmpty: boolean }>(
    `select bool_and(c.oid is not null) as "isThere",
            bool_and(coalesce(pg_relation_size(c.oid) = 0, false)) as "isEmpty"
       from unnest($1::text[], $2::integer[]) as n (name, job)
       left join pg_class c on c.oid = to_regclass(n.name)
      group by n.job
      order by n.job`,
    [tables.map(({ name }) => name), tables.map(({ job }) => job)],
  );
  const missing = jobs.filter((_, place) => rows[place]?.isThere !== true);
  if (missing.length > 0) throw new TablesMissingError(missing);
  const empty = jobs.filter((_, place) => rows[place]?.isEmpty === true);
  return new Set(empty.flatMap((job) => job.partitions));
}
