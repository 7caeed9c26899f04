import type { Queryable } from '../connect.ts';

export interface NewSweep {
  readonly runId: string;
  /** The quoted name of the target. */
  readonly target: string;
  readonly key: readonly string[];
  readonly deletions: 'mark' | 'remove';
  readonly maxDeletedShare: number;
  readonly scope: readonly Readonly<Record<string, string>>[];
}

/** Makes a run remember what it sees, and delete what it did not see when it has read everything. */
export async function insertSweep(db: Queryable, sweep: NewSweep): Promise<void> {
  await db.query({
    name: 'insert-sweep',
    text: `
      insert into tidemark.sweeps (run_id, target, key, deletions, max_deleted_share, scope, seed)
      values ($1::uuid, $2, $3, $4, $5, $6, hashtextextended($1::uuid::text, 0))`,
    values: [
      sweep.runId,
      sweep.target,
      sweep.key,
      sweep.deletions,
      sweep.maxDeletedShare,
      JSON.stringify(sweep.scope),
    ],
  });
}
