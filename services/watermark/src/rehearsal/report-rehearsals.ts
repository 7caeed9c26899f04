import { Definition, jobOf } from '@tidemark/collector-sdk';
import { Partition } from '@tidemark/contracts';
import type { RehearsalReport } from '@tidemark/contracts';
import {
  listUnreportedRehearsals,
  saveReport,
  translateDatabaseError,
  type Queryable,
  type Rehearsal,
} from '@tidemark/store';
import { TransientError } from '@tidemark/runtime';
import type { Deps } from '../deps.ts';
import { eachByItself } from '../each-by-itself.ts';
import { rehearsalReported } from '../events.ts';
import { compareScratch } from './compare-scratch.ts';
import { dropScratch } from './scratch-table.ts';

/** Compares what ended rehearsals have loaded with their targets, keeps the reports, and removes their tables. */
export async function reportRehearsals(deps: Deps): Promise<void> {
  const rehearsals = await deps.store.with(listUnreportedRehearsals);
  await eachByItself(rehearsals, async (rehearsal) => {
    deps.signal.throwIfAborted();
    const report = await reportOf(deps, rehearsal);
    const isNews = await deps.store.transaction(async (db) => {
      await dropScratch(db, rehearsal.runId);
      return saveReport(db, rehearsal.runId, report);
    });
    if (isNews) rehearsalReported(deps, rehearsal, report);
  });
}

async function reportOf(deps: Deps, rehearsal: Rehearsal): Promise<RehearsalReport> {
  try {
    return await deps.store.transaction((db) => compare(db, rehearsal));
  } catch (error) {
    const failure = translateDatabaseError(error);
    // Time may cure it; and a target that was changed or removed meanwhile is the answer.
    if (failure instanceof TransientError && failure.code !== 'TARGET_SCHEMA_MISMATCH') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { rows_inserted: 0, rows_updated: 0, rows_unchanged: 0, samples: [], error: reason };
  }
}

async function compare(
  db: Queryable,
  { definition, partition, runId }: Rehearsal,
): Promise<RehearsalReport> {
  await db.query('set transaction read only');
  const job = jobOf(Definition.parse(definition), Partition.parse(JSON.parse(partition ?? '{}')));
  return compareScratch(db, job, runId);
}
