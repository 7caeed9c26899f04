import type { Definition, PlanInput, PlanRequest } from '@tidemark/collector-sdk';
import { readClock, type Queryable } from '@tidemark/store';
import { areTablesEmpty } from '../targets/is-target-empty.ts';
import { loadIds } from './load-ids.ts';
import { loadPartitions } from './load-partitions.ts';
import { loadStates } from './load-states.ts';

/** Everything that a plan is made from, as PostgreSQL knows it now. Needs a transaction, in which the watermarks stay locked. */
export async function loadPlanInput(
  db: Queryable,
  definition: Definition,
  request: PlanRequest,
): Promise<PlanInput> {
  const partitions = await loadPartitions(db, definition);
  const ids = await loadIds(db, definition);
  const states = await loadStates(db, definition.name);
  return {
    definition,
    request,
    partitions,
    ...(ids && { ids }),
    states,
    nowUs: await readClock(db),
    isTargetEmpty: await areTablesEmpty(db, definition),
  };
}
