import type { ChildCounts, DeadLetter } from '@tidemark/store';
import type pg from 'pg';
import { countLines } from './copy-lines.ts';
import { copyStraight } from './copy-straight.ts';
import type { Lineage } from './lineage.ts';
import { noChildren } from './merge-children.ts';
import { mergeLines } from './merge-lines.ts';
import type { MergedStage } from './merge-stage.ts';
import type { RecordLines } from './record-lines.ts';
import type { Stage, Staging } from './staging.ts';
import type { TargetPlan } from './target-plan.ts';

export interface TargetLoad extends RecordLines {
  readonly plan: TargetPlan;
  readonly lineage: Lineage;
  /** Whether the target is known to hold none of the chunk's rows. */
  readonly straight: boolean;
}

export interface LoadedTarget extends MergedStage {
  readonly children: ChildCounts;
  readonly refused: readonly DeadLetter[];
  /** The session's staging tables that were made sure of. */
  readonly staged: readonly Stage[];
  /** False once rows of the chunk turned out to be in the target. */
  readonly straight: boolean;
}

/** What a batch without records does to its target. */
export function loadedNothing(straight: boolean): LoadedTarget {
  return {
    counts: { inserted: 0, updated: 0, unchanged: 0, stale: 0 },
    children: noChildren,
    late: undefined,
    refused: [],
    straight,
    staged: [],
  };
}

/** Brings a batch's records into their target, in the caller's transaction. */
export async function loadTarget(
  db: pg.ClientBase,
  staging: Staging,
  load: TargetLoad,
): Promise<LoadedTarget> {
  const { plan, text, lineage } = load;
  const nothing = loadedNothing(load.straight);
  const records = countLines(text);
  if (records === 0) return nothing;
  let { straight } = load;
  if (straight) {
    // What merges children looks at the records' own stage, too.
    const staged = plan.children.length > 0 ? [plan, ...plan.children] : [];
    await staging.prepare(db, staged);
    const copied = await copyStraight(db, plan, load, lineage);
    if (copied.end === 'copied') {
      const counts = { ...nothing.counts, inserted: records };
      return { ...nothing, counts, children: copied.children, staged };
    }
    straight = copied.end !== 'conflict';
  }
  const staged = [plan, ...plan.children];
  await staging.prepare(db, staged);
  return { ...(await mergeLines(db, plan, load, lineage)), straight, staged };
}
