import { type ChildCounts, RecordRefusedError, translateDatabaseError } from '@tidemark/store';
import pg from 'pg';
import { copyIn } from './copy-in.ts';
import type { Lineage } from './lineage.ts';
import { mergeChildren } from './merge-children.ts';
import type { RecordLines } from './record-lines.ts';
import type { TargetPlan } from './target-plan.ts';

const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';

/** How a copy straight into the target ended: done, or undone because of rows that are there, or of a bad value. */
export type StraightEnd =
  | { readonly end: 'copied'; readonly children: ChildCounts }
  | { readonly end: 'conflict' | 'refused' };

/**
 * Copies a batch into a target that is known to hold none of its rows. The lineage columns are filled by their
 * defaults, which read it from the transaction's settings. What cannot be copied so, or has children that cannot be
 * loaded, leaves the transaction as it was.
 */
export async function copyStraight(
  db: pg.ClientBase,
  plan: TargetPlan,
  records: RecordLines,
  lineage: Lineage,
): Promise<StraightEnd> {
  await db.query({
    name: 'set-lineage',
    text: `
      select set_config('tidemark.run_id', $1, true),
             set_config('tidemark.batch_id', $2, true),
             set_config('tidemark.asked_at_us', $3, true)`,
    values: [lineage.runId, lineage.batchId, lineage.askedAt],
  });
  await db.query('savepoint straight');
  try {
    await copyIn(db, plan.copyTargetSql, records.text);
    const children = await mergeChildren(db, plan, records.children, lineage);
    return { end: 'copied', children };
  } catch (error) {
    const end = endOf(error);
    if (!end) throw error;
    await db.query('rollback to savepoint straight');
    return { end };
  }
}

function endOf(error: unknown): 'conflict' | 'refused' | undefined {
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === UNIQUE_VIOLATION || state === DEADLOCK) return 'conflict';
  return translateDatabaseError(error) instanceof RecordRefusedError ? 'refused' : undefined;
}
