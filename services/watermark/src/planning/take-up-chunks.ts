import { isSql, type Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import {
  describePlan,
  readClock,
  takeOverChunks,
  type EarlierRun,
  type Queryable,
} from '@tidemark/store';
import type { RunToPlan } from './store-plan.ts';

/** Whether a place in a chain is the same later on: a cursor or a key is, a number of pages or rows is not. */
function keepsPlaces(definition: Definition): boolean {
  const { kind } = definition.paginate;
  return isSql(definition) || kind === 'cursor' || kind === 'keyset';
}

/** Gives a new run the chunks that an earlier one left, as its command wants them; answers how many. */
export async function takeUpChunks(
  db: Queryable,
  { runId, command, usable }: RunToPlan,
  parent: EarlierRun,
): Promise<number> {
  const { chunkIds, which } = command.takeUp ?? {};
  const chunks = await takeOverChunks(db, {
    runId,
    parentRunId: parent.id,
    statuses: which === 'failed' ? ['failed'] : ['failed', 'cancelled'],
    chunkIds,
    revision: usable.revision,
    plannedAtUs: await readClock(db),
    goesOn: usable.revision === parent.revision && keepsPlaces(usable.definition),
  });
  if (chunkIds && chunks < new Set(chunkIds).size) {
    throw new TerminalError(
      'COMMAND_INVALID',
      `not all of the chunks ${chunkIds.join(', ')} of run ${parent.id} have failed; it has ${parent.failedChunks} that did`,
    );
  }
  await describePlan(db, { runId, chunks, watermarkFrom: null });
  return chunks;
}
