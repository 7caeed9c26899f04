import { planRun, type Plan } from '@tidemark/collector-sdk';
import type { Queryable } from '@tidemark/store';
import type { QueuedCommand } from '../commands/queued-command.ts';
import type { UsableDefinition } from './load-definition.ts';
import { loadPlanInput } from './load-plan-input.ts';

export interface MadePlan {
  readonly plan: Plan;
  /** PostgreSQL's clock, in microseconds. */
  readonly plannedAtUs: string;
}

/** What a run would ask for now; the watermarks stay locked until the transaction ends, and nothing is written. */
export async function makePlan(
  db: Queryable,
  { definition }: UsableDefinition,
  command: QueuedCommand,
): Promise<MadePlan> {
  const input = await loadPlanInput(db, definition, command);
  return { plan: planRun(input), plannedAtUs: input.nowUs };
}
