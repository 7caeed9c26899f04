import type { RunCommand } from '@tidemark/contracts';
import { findEarlierRun, type AnsweredCommand } from '@tidemark/store';
import { QueuedCommand } from '../commands/queued-command.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { loadDefinition } from '../planning/load-definition.ts';
import { startRun } from './start-run.ts';

/** Starts a run that plans, rehearses, or continues what an earlier one left open. */
export async function onRunCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: RunCommand,
): Promise<AnsweredCommand> {
  const usable = await deps.store.with((db) => loadDefinition(db, received.collector));
  const wanted = await toQueued(deps, command);
  return startRun(deps, received, {
    usable,
    wanted,
    runId: command.runId,
    overlap: command.overlap,
  });
}

async function toQueued(deps: Deps, command: RunCommand): Promise<QueuedCommand> {
  const { mode, triggeredBy, partition, window, maxChunks, maxRecords } = command;
  const continued = typeof command.continue === 'string' ? command.continue : undefined;
  const earlier = continued && (await deps.store.with((db) => findEarlierRun(db, continued)));
  // A rehearsal is no hurry: it takes only what live collection leaves, and no run has to wait for it.
  const isBackfill = mode === 'backfill' || command.rehearse === true;
  return QueuedCommand.parse({
    runClass: earlier ? earlier.runClass : isBackfill ? 'backfill' : 'live',
    mode,
    triggeredBy,
    partition,
    window,
    maxChunks,
    maxRecords,
    rehearse: command.rehearse || undefined,
    clearCheckpoint: command.clearCheckpoint || undefined,
    takeUp: command.continue ? { runId: continued, which: 'open' } : undefined,
  });
}
