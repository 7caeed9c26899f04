import { TerminalError } from '@tidemark/runtime';
import { endProcess } from '../processes/end-process.ts';
import { isStillRunning } from '../processes/process-identity.ts';
import { readStack, removeStack } from './stack-file.ts';

const END_DEADLINE_MS = 10_000;

/**
 * Ends what a killed earlier stack left running, and gives the names of it. Only processes written down there are
 * touched, and only while they are still the same ones. Refuses while the stack's owner is alive.
 */
export async function cleanUpAfterCrash(folder: string): Promise<readonly string[]> {
  const stack = readStack(folder);
  if (stack === undefined) return [];
  if (stack.owner.pid !== process.pid && isStillRunning(stack.owner)) {
    throw new TerminalError(
      'SERVERS_MISSING',
      `A local stack is running already (process ${stack.owner.pid}): use it, or stop it first.`,
    );
  }
  const ended: string[] = [];
  // In reverse: services go before the servers that they use.
  for (const process of stack.processes.toReversed()) {
    if (await endProcess(process, END_DEADLINE_MS)) ended.push(process.name);
  }
  removeStack(folder);
  return ended;
}
