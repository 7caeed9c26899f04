import { endLimitedRun, listActiveRuns, type RunState } from '@tidemark/store';
import type { Deps } from './deps.ts';
import { eachByItself } from './each-by-itself.ts';
import { runChanged } from './events.ts';
import { isInStreams } from './is-in-streams.ts';

/** Ends the runs that a limit is closing, as soon as what they had asked for is loaded. */
export async function endLimitedRuns(deps: Deps): Promise<void> {
  const runs = await deps.store.with((db) => listActiveRuns(db));
  const closing = runs.filter(({ status }) => status === 'closing');
  await eachByItself(closing, (run) => endIfDrained(deps, run));
}

/** Ends one closing run, unless something of it is still on its way. */
async function endIfDrained(deps: Deps, run: RunState): Promise<void> {
  if (await isInStreams(deps, { runId: run.id, runClass: run.runClass })) return;
  const status = await deps.store.transaction((db) => endLimitedRun(db, run.id));
  if (status === 'partial') await runChanged(deps, { ...run, status });
}
