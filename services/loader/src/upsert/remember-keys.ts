import type { Queryable } from '@tidemark/store';
import type { Lineage } from './lineage.ts';
import type { TargetPlan } from './target-plan.ts';

/** Keeps the keys of the staged rows in the batch's transaction, where the run looks for rows that vanished. */
export async function rememberKeys(
  db: Queryable,
  { rememberSql }: TargetPlan,
  { runId, batchId }: Lineage,
): Promise<void> {
  if (rememberSql === undefined) return;
  await db.query({ text: rememberSql, values: [runId, batchId] });
}
