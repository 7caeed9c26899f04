import type { CancelCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import {
  answerQueuedCommands,
  cancelRun,
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
import { commandAnswered, runChanged } from '../events.ts';

interface Cancelling {
  readonly answer: Answer;
  readonly ended: readonly RunState[];
  readonly dropped: readonly AnsweredCommand[];
}

/** Ends the named run, or every active run of the collector; a named run that still waits never begins. */
export async function onCancelCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: CancelCommand,
): Promise<AnsweredCommand> {
  const { answer, ended, dropped } = await deps.store.transaction(async (db) => {
    for (const runClass of ['backfill', 'live'] as const) {
      await lockRunsOf(db, received.collector, runClass);
    }
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return { answer: earlier, ended: [], dropped: [] };
    const result = await cancel(db, received, command);
    return { ...result, answer: await writeAnswer(db, received, result.answer) };
  });
  for (const row of dropped) await commandAnswered(deps, row);
  for (const run of ended) await runChanged(deps, run);
  return answer;
}

async function cancel(
  db: Queryable,
  { collector, commandId }: ReceivedCommand,
  { runId, triggeredBy }: CancelCommand,
): Promise<Cancelling> {
  const because = `cancelled by ${triggeredBy} (command ${commandId})`;
  if (runId === undefined) {
    const ended = await cancelAll(db, await listActiveRuns(db, collector), because);
    const answer =
      ended.length === 0
        ? skipped([`no run of "${collector}" is active`])
        : accepted(ended[0]?.id ?? null);
    return { answer, ended, dropped: [] };
  }
  const run = await findRunState(db, runId);
  if (run?.collectorName === collector) {
    const ended = await cancelAll(db, [run], because);
    const answer =
      ended.length > 0
        ? accepted(runId)
        : { ...skipped([`run ${runId} has ended already: ${run.status}`]), runId };
    return { answer, ended, dropped: [] };
  }
  const waits = (await listQueuedCommands(db, collector)).some((row) => row.runId === runId);
  if (run || !waits) {
    throw new TerminalError('RUN_UNKNOWN', `"${collector}" has no run ${runId}`);
  }
  const dropped = await answerQueuedCommands(db, { runId, outcome: 'skipped', reasons: [because] });
  return { answer: accepted(runId), ended: [], dropped };
}

async function cancelAll(
  db: Queryable,
  runs: readonly RunState[],
  because: string,
): Promise<RunState[]> {
  const ended: RunState[] = [];
  for (const run of runs) {
    // A run that had ended keeps its status, which is then not a new one.
    const status = await cancelRun(db, run.id, because);
    if (status === 'cancelled' && run.status !== 'cancelled') ended.push({ ...run, status });
  }
  return ended;
}
