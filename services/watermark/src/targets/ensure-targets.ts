import { hasJobs, jobsOf, listPartitions, type Definition } from '@tidemark/collector-sdk';
import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Store } from '@tidemark/store';
import { loadPartitions } from '../planning/load-partitions.ts';
import { ensureTables } from './ensure-target.ts';

/** Makes the tables of a definition: its target, or one for each job that is known now. */
export async function ensureTargets(store: Store, definition: Definition): Promise<void> {
  const partitions = hasJobs(definition) ? await partitionsOf(store, definition) : [];
  for (const job of jobsOf(definition, partitions)) await ensureTables(store, job.definition);
}

async function partitionsOf(store: Store, definition: Definition): Promise<readonly Partition[]> {
  const listed = listPartitions(definition);
  if (listed) return listed;
  try {
    const found = await store.transaction((db) => loadPartitions(db, definition));
    // Values that are no names are told by the plan that wants them, with its other reasons.
    jobsOf(definition, found);
    return found;
  } catch (error) {
    if (!(error instanceof TerminalError) || error.code !== 'PLAN_REFUSED') throw error;
    // The rows may not be there yet: whoever plans makes what is missing then.
    return [];
  }
}
