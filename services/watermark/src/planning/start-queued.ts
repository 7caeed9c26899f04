import { TerminalError } from '@tidemark/runtime';
import {
  answerQueuedCommands,
  findRunState,
  listActiveRuns,
  listQueuedCommands,
  lockRunsOf,
  type AnsweredCommand,
  type Queryable,
} from '@tidemark/store';
import { QueuedCommand } from '../commands/queued-command.ts';
import { reason } from '../commands/read-command.ts';
import type { Deps } from '../deps.ts';
import { eachByItself } from '../each-by-itself.ts';
import { commandAnswered, runChanged } from '../events.ts';
import { releaseRun } from '../release-run.ts';
import { planningTransaction } from '../targets/job-tables.ts';
import { loadDefinition } from './load-definition.ts';
import { storePlan } from './store-plan.ts';

interface Waiting {
  readonly runId: string;
  readonly collector: string;
  readonly command: QueuedCommand;
}

/** Starts the runs that waited for another one which has ended, of one collector or of all. */
export async function startQueued(deps: Deps, collector?: string): Promise<void> {
  const rows = await deps.store.with((db) => listQueuedCommands(db, collector));
  await eachByItself(distinctRuns(rows), async (waiting) => {
    deps.signal.throwIfAborted();
    const answered = await start(deps, waiting);
    for (const row of answered) await commandAnswered(deps, row);
    if (answered.length === 0) return;
    const run = await deps.store.with((db) => findRunState(db, waiting.runId));
    if (run) await runChanged(deps, run);
    await releaseRun(deps, waiting.runId);
  });
}

function distinctRuns(rows: readonly AnsweredCommand[]): Waiting[] {
  const runs = new Map<string, Waiting>();
  for (const { runId, collectorName, command } of rows) {
    const read = QueuedCommand.safeParse(command);
    if (runId !== null && read.success && !runs.has(runId)) {
      runs.set(runId, { runId, collector: collectorName, command: read.data });
    }
  }
  return [...runs.values()];
}

async function start(deps: Deps, waiting: Waiting): Promise<AnsweredCommand[]> {
  try {
    return await planningTransaction(deps.store, (db) => planIfFree(db, waiting));
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const reasons = [reason(error.code, error.message)];
    const refusal = { runId: waiting.runId, outcome: 'refused' as const, reasons };
    return deps.store.with((db) => answerQueuedCommands(db, refusal));
  }
}

async function planIfFree(db: Queryable, waiting: Waiting): Promise<AnsweredCommand[]> {
  const { runId, collector } = waiting;
  const { runClass } = waiting.command;
  await lockRunsOf(db, collector, runClass);
  const active = await listActiveRuns(db, collector);
  if (active.some((run) => run.runClass === runClass)) return [];
  // Read again under the lock: others may have joined, or another replica was quicker.
  const rows = await listQueuedCommands(db, collector);
  const current = distinctRuns(rows).find((row) => row.runId === runId);
  if (!current) return [];
  const usable = await loadDefinition(db, collector);
  const planned = await storePlan(db, { runId, collector, command: current.command, usable });
  if (planned.kind === 'conflict') return [];
  return answerQueuedCommands(db, { runId, outcome: 'accepted', reasons: [] });
}
