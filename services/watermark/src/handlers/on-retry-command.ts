import type { RetryCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findEarlierRun, type AnsweredCommand } from '@tidemark/store';
import { QueuedCommand } from '../commands/queued-command.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { loadDefinition } from '../planning/load-definition.ts';
import { startRun } from './start-run.ts';

/** Starts a run that reads failed chunks of an earlier one again, which fills the holes that they left. */
export async function onRetryCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: RetryCommand,
): Promise<AnsweredCommand> {
  const { parentRunId, triggeredBy, maxChunks, maxRecords } = command;
  const usable = await deps.store.with((db) => loadDefinition(db, received.collector));
  const parent = await deps.store.with((db) => findEarlierRun(db, parentRunId));
  if (!parent) {
    throw new TerminalError('RUN_UNKNOWN', `"${received.collector}" has no run ${parentRunId}`);
  }
  const wanted = QueuedCommand.parse({
    runClass: parent.runClass,
    mode: 'incremental',
    triggeredBy,
    maxChunks,
    maxRecords,
    takeUp: { runId: parentRunId, which: 'failed', chunkIds: command.chunks },
  });
  return startRun(deps, received, {
    usable,
    wanted,
    runId: command.runId,
    overlap: command.overlap,
  });
}
