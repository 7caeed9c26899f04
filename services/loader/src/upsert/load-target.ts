import type { DeadLetter } from '@tidemark/store';
import type pg from 'pg';
import { countLines } from './copy-lines.ts';
import { copyStraight } from './copy-straight.ts';
import type { Lineage } from './lineage.ts';
import { mergeLines } from './merge-lines.ts';
import type { MergedStage } from './merge-stage.ts';
import type { Staging } from './staging.ts';
import type { TargetPlan } from './target-plan.ts';

export interface TargetLoad {
  readonly plan: TargetPlan;
  /** Lines of COPY's text format. */
  readonly text: Buffer;
  readonly lineage: Lineage;
  /** Whether the target is known to hold none of the chunk's rows. */
  readonly straight: boolean;
}

export interface LoadedTarget extends MergedStage {
  readonly refused: readonly DeadLetter[];
  /** Whether the session's staging table was made sure of. */
  readonly staged: boolean;
  /** False once rows of the chunk turned out to be in the target. */
  readonly straight: boolean;
}

/** Brings a batch's records into their target, in the caller's transaction. */
export async function loadTarget(
  db: pg.ClientBase,
  staging: Staging,
  load: TargetLoad,
): Promise<LoadedTarget> {
  const { plan, text, lineage } = load;
  const records = countLines(text);
  if (records === 0) {
    const counts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 };
    return { counts, late: undefined, refused: [], straight: load.straight, staged: false };
  }
  let { straight } = load;
  if (straight) {
    const end = await copyStraight(db, plan, text, lineage);
    if (end === 'copied') {
      const counts = { inserted: records, updated: 0, unchanged: 0, stale: 0 };
      return { counts, late: undefined, refused: [], straight, staged: false };
    }
    straight = end !== 'conflict';
  }
  await staging.prepare(db, plan);
  return { ...(await mergeLines(db, plan, text, lineage)), straight, staged: true };
}
