import {
  findRunState,
  forgetSweeps,
  listClosingRuns,
  sweepRun,
  type RunState,
} from '@tidemark/store';
import type { Deps } from './deps.ts';
import { eachByItself } from './each-by-itself.ts';
import { runChanged, runSwept } from './events.ts';

/** Ends the runs that have read a source whole: what vanished from it is deleted, in one transaction for each run. */
export async function sweepClosingRuns(deps: Deps): Promise<void> {
  const runs = await deps.store.with(listClosingRuns);
  await eachByItself(runs, (run) => sweep(deps, run));
  await deps.store.with(forgetSweeps);
}

/** Ends one run if it is to be swept; others stay as they are. */
export async function sweepIfClosing(deps: Deps, runId: string): Promise<void> {
  const run = await deps.store.with((db) => findRunState(db, runId));
  if (run?.status === 'closing') await sweep(deps, run);
}

async function sweep(deps: Deps, run: RunState): Promise<void> {
  deps.signal.throwIfAborted();
  const { runStatus, deleted } = await deps.store.transaction((db) => sweepRun(db, run.id));
  if (runStatus === null || runStatus === 'closing') return;
  runSwept(run, deleted);
  await runChanged(deps, { ...run, status: runStatus });
}
