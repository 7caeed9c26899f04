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

/** Rows that were written in what was covered before. */
export interface Late {
  readonly records: number;
  /** The least cursor of them, as digits. */
  readonly oldest: string;
}

export interface MergedStage {
  readonly counts: MergeCounts;
  readonly late: Late | undefined;
}

interface MergeRow extends MergeCounts {
  readonly overtaken: number;
  readonly losersUnchanged: number;
  readonly losersStale: number;
  readonly late: number;
  readonly oldestLate: string | null;
}

/** Takes what is staged into the target; the counts add up to the number of staged rows. */
export async function mergeStage(
  db: Queryable,
  plan: TargetPlan,
  lineage: Lineage,
): Promise<MergedStage> {
  const { covered } = lineage;
  const values = [
    lineage.runId,
    lineage.batchId,
    lineage.askedAt,
    ...(plan.cursorUnit ? [covered?.from ?? null, covered?.to ?? null] : []),
  ];
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
  const { late: records, oldestLate: oldest } = counts;
  return {
    counts: {
      inserted: counts.inserted,
      updated: counts.updated,
      unchanged: unchanged + counts.losersUnchanged,
      stale: unwritten - unchanged + counts.losersStale,
    },
    late: oldest === null ? undefined : { records, oldest },
  };
}
