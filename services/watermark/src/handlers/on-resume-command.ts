import type { ResumeCommand } from '@tidemark/contracts';
import { findRunState, listActiveChunks, resumeRun, type AnsweredCommand } from '@tidemark/store';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { eachByItself } from '../each-by-itself.ts';
import { releaseRun } from '../release-run.ts';
import { goOnWith } from '../restart-chunk.ts';
import { changeRuns } from './change-runs.ts';

/**
 * Lets paused runs go on. The tasks that came during the pause were dropped, so each active chunk begins its next attempt
 * at its frontier. A crash before that leaves chunks without tasks, which the sweep for lost ones finds.
 */
export async function onResumeCommand(
  deps: Deps,
  received: ReceivedCommand,
  { runId }: ResumeCommand,
): Promise<AnsweredCommand> {
  const { answer, runs } = await changeRuns(deps, received, {
    runId,
    otherwise: 'paused',
    change: async (db, run) => {
      if (!(await resumeRun(db, run.id))) return null;
      return (await findRunState(db, run.id))?.status ?? null;
    },
  });
  await eachByItself(runs, async ({ id }) => {
    const chunks = await deps.store.with((db) => listActiveChunks(db, id));
    await eachByItself(chunks, (chunk) => goOnWith(deps, chunk));
    await releaseRun(deps, id);
  });
  return answer;
}
