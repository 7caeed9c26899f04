import type { Queryable } from '../connect.ts';

/** Lets one process at a time change the columns of a target, until the transaction ends. */
export async function lockTarget(db: Queryable, target: string): Promise<void> {
  await db.query({
    name: 'lock-target',
    text: `select pg_advisory_xact_lock(hashtextextended('tidemark.target.' || $1, 0))`,
    values: [target],
  });
}
