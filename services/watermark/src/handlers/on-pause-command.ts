import type { PauseCommand } from '@tidemark/contracts';
import { pauseRun, type AnsweredCommand } from '@tidemark/store';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { changeRuns } from './change-runs.ts';

/** Lets runs ask for nothing more until they are resumed. What they have asked for is still loaded. */
export async function onPauseCommand(
  deps: Deps,
  received: ReceivedCommand,
  { runId }: PauseCommand,
): Promise<AnsweredCommand> {
  const { answer } = await changeRuns(deps, received, {
    runId,
    otherwise: 'running',
    change: async (db, run) => ((await pauseRun(db, run.id)) ? 'paused' : null),
  });
  return answer;
}
