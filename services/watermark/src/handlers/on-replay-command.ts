import type { ReplayCommand } from '@tidemark/contracts';
import { listLettersToReplay, type AnsweredCommand, type LetterChoice } from '@tidemark/store';
import { QueuedCommand } from '../commands/queued-command.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { loadDefinition } from '../planning/load-definition.ts';
import { startRun } from './start-run.ts';

/** Starts a run that brings dead letters again: by the way that everything goes, with the definition as it is now. */
export async function onReplayCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: ReplayCommand,
): Promise<AnsweredCommand> {
  const { triggeredBy, runId, overlap } = command;
  const usable = await deps.store.with((db) => loadDefinition(db, received.collector));
  const replay = choiceOf(command);
  const letters = await deps.store.with((db) =>
    listLettersToReplay(db, received.collector, replay),
  );
  const isBackfill = letters.length > 0 && letters.every((each) => each.runClass === 'backfill');
  const wanted = QueuedCommand.parse({
    runClass: isBackfill ? 'backfill' : 'live',
    mode: 'incremental',
    triggeredBy,
    replay,
  });
  return startRun(deps, received, { usable, wanted, runId, overlap });
}

function choiceOf({ letters, ofRun }: ReplayCommand): LetterChoice {
  if (letters) return { letters };
  return ofRun === undefined ? { all: true } : { ofRun };
}
