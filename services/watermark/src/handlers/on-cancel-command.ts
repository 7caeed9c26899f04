import type { CancelCommand } from '@tidemark/contracts';
import { answerQueuedCommands, cancelRun, type AnsweredCommand } from '@tidemark/store';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { commandAnswered } from '../events.ts';
import { changeRuns } from './change-runs.ts';

/** Ends the named run, or every active run of the collector; a named run that still waits never begins. */
export async function onCancelCommand(
  deps: Deps,
  received: ReceivedCommand,
  { runId, triggeredBy }: CancelCommand,
): Promise<AnsweredCommand> {
  const because = `cancelled by ${triggeredBy} (command ${received.commandId})`;
  const dropped: AnsweredCommand[] = [];
  const { answer } = await changeRuns(deps, received, {
    runId,
    otherwise: 'active',
    change: (db, run) => cancelRun(db, run.id, because),
    changeWaiting: async (db, id) => {
      const refusal = { runId: id, outcome: 'skipped', reasons: [because] } as const;
      dropped.push(...(await answerQueuedCommands(db, refusal)));
    },
  });
  for (const row of dropped) await commandAnswered(deps, row);
  return answer;
}
