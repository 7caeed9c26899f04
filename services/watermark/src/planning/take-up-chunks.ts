import { TerminalError } from '@tidemark/runtime';
import {
  describePlan,
  readClock,
  takeOverChunks,
  type EarlierRun,
  type Queryable,
} from '@tidemark/store';
import type { RunToPlan } from './store-plan.ts';

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
