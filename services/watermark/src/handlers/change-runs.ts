import { TerminalError } from '@tidemark/runtime';
import {
  findAnswer,
  findRunState,
  listActiveRuns,
  listQueuedCommands,
  lockRunsOf,
  type AnsweredCommand,
  type Queryable,
  type RunState,
} from '@tidemark/store';
import { accepted, skipped, writeAnswer, type Answer } from '../commands/answer.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { runChanged } from '../events.ts';

/** What a command does to each run that it is about. */
export interface RunChange {
  /** Only this run; every active one of the collector when absent. */
  readonly runId: string | undefined;
  /** What is said of a run that was not changed. */
  readonly otherwise: string;
  /** Changes a run if its status allows it, and answers the status that it has now. */
  change(db: Queryable, run: RunState): Promise<RunState['status'] | null>;
  /** What is done about a named run that only waits to begin, if anything can be. */
  changeWaiting?(db: Queryable, runId: string): Promise<void>;
}

interface Changed {
  readonly answer: AnsweredCommand;
  readonly runs: readonly RunState[];
}

/** Changes runs and answers which: in one transaction, so that a command that comes again finds all of it or nothing. */
export async function changeRuns(
  deps: Deps,
  received: ReceivedCommand,
  change: RunChange,
): Promise<Changed> {
  const { collector } = received;
  const changed = await deps.store.transaction(async (db) => {
    for (const runClass of ['backfill', 'live'] as const) await lockRunsOf(db, collector, runClass);
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return { answer: earlier, runs: [] };
    const { answer, runs } = await applyTo(db, collector, change);
    return { answer: await writeAnswer(db, received, answer), runs };
  });
  for (const run of changed.runs) await runChanged(deps, run);
  return changed;
}

interface Applied {
  readonly answer: Answer;
  readonly runs: readonly RunState[];
}

async function applyTo(db: Queryable, collector: string, change: RunChange): Promise<Applied> {
  const { runId } = change;
  if (runId === undefined) {
    const none = `no run of "${collector}" is ${change.otherwise}`;
    return changeEach(db, change, await listActiveRuns(db, collector), none);
  }
  const run = await findRunState(db, runId);
  if (run?.collectorName === collector) {
    return changeEach(db, change, [run], `run ${runId} is not ${change.otherwise}: ${run.status}`);
  }
  const waits = (await listQueuedCommands(db, collector)).some((row) => row.runId === runId);
  if (run || !waits) {
    throw new TerminalError('RUN_UNKNOWN', `"${collector}" has no run ${runId}`);
  }
  if (!change.changeWaiting) {
    return { answer: skipped([`run ${runId} has not begun; it can only be cancelled`]), runs: [] };
  }
  await change.changeWaiting(db, runId);
  return { answer: accepted(runId), runs: [] };
}

async function changeEach(
  db: Queryable,
  change: RunChange,
  candidates: readonly RunState[],
  none: string,
): Promise<Applied> {
  const runs: RunState[] = [];
  for (const run of candidates) {
    const status = await change.change(db, run);
    // A run that had ended keeps its status, which is then not a new one.
    if (status !== null && status !== run.status) runs.push({ ...run, status });
  }
  if (runs.length > 0) return { answer: accepted(runs[0]?.id ?? null), runs };
  return { answer: { ...skipped([none]), runId: change.runId ?? null }, runs };
}
