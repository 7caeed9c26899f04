import { must } from '@tidemark/runtime';
import type { Queryable } from '@tidemark/store';
import type { Lineage } from './lineage.ts';
import type { TargetPlan } from './target-plan.ts';

export interface MergeCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
}

interface MergeRow extends MergeCounts {
  readonly overtaken: number;
  readonly losersUnchanged: number;
  readonly losersStale: number;
}

/** Takes what is staged into the target; the counts add up to the number of staged rows. */
export async function mergeStage(
  db: Queryable,
  plan: TargetPlan,
  lineage: Lineage,
): Promise<MergeCounts> {
  const values = [lineage.runId, lineage.batchId, lineage.askedAt];
  const merged = await db.query<MergeRow>({ text: plan.mergeSql, values });
  const counts = must(merged.rows[0], 'a merge answers one row');
  const unwritten = counts.unchanged + counts.stale + counts.overtaken;
  let { unchanged } = counts;
  if (counts.overtaken > 0) {
    const recounted = await db.query<Pick<MergeCounts, 'unchanged'>>({
      text: plan.recountSql,
      values: [lineage.batchId],
    });
    unchanged = must(recounted.rows[0], 'a recount answers one row').unchanged;
  }
  return {
    inserted: counts.inserted,
    updated: counts.updated,
    unchanged: unchanged + counts.losersUnchanged,
    stale: unwritten - unchanged + counts.losersStale,
  };
}
