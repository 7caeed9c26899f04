import { partitionKey, targetShape, type Definition, type Plan } from '@tidemark/collector-sdk';
import {
  ensureWatermarks,
  expectPeriods,
  type ExpectedPeriod,
  insertSweep,
  noteFinals,
  type Queryable,
} from '@tidemark/store';
import { targetName } from '../targets/target-statements.ts';

interface PlannedStates {
  readonly definition: Definition;
  readonly plan: Plan;
  /** What a rehearsal finds is told, not kept. */
  readonly isRehearsal: boolean;
}

/** Keeps what a plan says beside its chunks, before anything of it is loaded. */
export async function storeStates(
  db: Queryable,
  runId: string,
  { definition, plan, isRehearsal }: PlannedStates,
): Promise<void> {
  if (isRehearsal) return;
  await ensureWatermarks(db, definition.name, plan.watermarks);
  await noteFinals(db, definition.name, plan.finals);
  await expectPeriods(db, definition.name, periodsOf(definition, plan));
  if (!plan.sweep) return;
  const target = targetName(definition);
  await insertSweep(db, { runId, target, key: targetShape(definition).key, ...plan.sweep });
}

function periodsOf({ incremental }: Definition, { chunks }: Plan): ExpectedPeriod[] {
  if (incremental.kind !== 'periods') return [];
  return chunks.flatMap(({ partition, items }) => {
    const key = partitionKey(partition);
    return items.map((period) => ({ partition: key, key: period }));
  });
}
