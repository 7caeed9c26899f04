import type { PlanCommand } from '@tidemark/contracts';
import { findPageHistory, type AnsweredCommand } from '@tidemark/store';
import { accepted, writeAnswer } from '../commands/answer.ts';
import { QueuedCommand } from '../commands/queued-command.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { loadDefinition } from '../planning/load-definition.ts';
import { makePlan } from '../planning/make-plan.ts';
import { reportPlan } from '../planning/report-plan.ts';

/** Answers what a run would ask for now. It is planned as a run is, and then forgotten. */
export async function onPlanCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: PlanCommand,
): Promise<AnsweredCommand> {
  const { mode, triggeredBy, partition, window, maxChunks } = command;
  const runClass = mode === 'backfill' ? 'backfill' : 'live';
  const wanted = QueuedCommand.parse({ runClass, mode, triggeredBy, partition, window, maxChunks });
  return deps.store.transaction(async (db) => {
    const usable = await loadDefinition(db, received.collector);
    const { plan } = await makePlan(db, usable, wanted);
    const history = await findPageHistory(db, received.collector, mode);
    const result = reportPlan({ plan, definition: usable.definition, command: wanted, history });
    return writeAnswer(db, received, { ...accepted(null), result });
  });
}
