import type { RunClass } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Until the transaction ends, nobody else decides about runs of this collector and class. */
export async function lockRunsOf(
  db: Queryable,
  collectorName: string,
  runClass: RunClass,
): Promise<void> {
  await db.query({
    name: 'lock-runs-of',
    text: `select pg_advisory_xact_lock(hashtextextended('tidemark.runs.' || $1 || '.' || $2, 0))`,
    values: [collectorName, runClass],
  });
}
