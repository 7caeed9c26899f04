import { messagesOfRun } from '@tidemark/bus';
import type { RunClass, Stage } from '@tidemark/contracts';
import type { Deps } from './deps.ts';

/** Each stage publishes to the next before it acks, so work cannot slip back past who looks in this order. */
const stages: readonly Stage[] = ['extract', 'raw', 'load'];

/** Whether anything of a run is on its way. What PostgreSQL says is to be asked after this, never before. */
export async function isInStreams(
  deps: Deps,
  { runId, runClass }: { readonly runId: string; readonly runClass: RunClass },
): Promise<boolean> {
  for (const stage of stages) {
    if ((await messagesOfRun(deps.bus, stage, runClass, runId)) > 0) return true;
  }
  return false;
}
