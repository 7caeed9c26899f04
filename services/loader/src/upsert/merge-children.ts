import { must } from '@tidemark/runtime';
import type { ChildCounts } from '@tidemark/store';
import type pg from 'pg';
import { copyIn } from './copy-in.ts';
import type { Lineage } from './lineage.ts';
import type { TargetPlan } from './target-plan.ts';

/** What a batch without children did to them. */
export const noChildren: ChildCounts = { inserted: 0, updated: 0, deleted: 0 };

/** Brings the children of the records that this batch has just written into their tables. */
export async function mergeChildren(
  db: pg.ClientBase,
  plan: Pick<TargetPlan, 'children'>,
  texts: readonly Buffer[],
  lineage: Lineage,
): Promise<ChildCounts> {
  let counts = noChildren;
  for (const [place, child] of plan.children.entries()) {
    const text = texts[place];
    if (text && text.length > 0) await copyIn(db, child.copyStageSql, text);
    const { rows } = await db.query<ChildCounts>({
      text: child.mergeSql,
      values: [lineage.runId, lineage.batchId, lineage.askedAt],
    });
    counts = addChildren(counts, must(rows[0], 'a merge answers one row'));
  }
  return counts;
}

/** The sum of two counts. */
export function addChildren(one: ChildCounts, other: ChildCounts): ChildCounts {
  return {
    inserted: one.inserted + other.inserted,
    updated: one.updated + other.updated,
    deleted: one.deleted + other.deleted,
  };
}
