import { partitionKey } from '@tidemark/collector-sdk';
import { Partition, runClasses } from '@tidemark/contracts';
import { z } from 'zod';

/** What a command asks for, as it is kept while it waits. */
export const QueuedCommand = z.object({
  runClass: z.enum(runClasses),
  mode: z.enum(['incremental', 'full', 'backfill']),
  triggeredBy: z.string(),
  partition: Partition.optional(),
  window: z.object({ from: z.string().optional(), to: z.string().optional() }).optional(),
});
export type QueuedCommand = z.infer<typeof QueuedCommand>;

/** One command that asks for at least what both ask for; undefined when they name different windows. */
export function mergeCommands(
  waiting: QueuedCommand,
  later: QueuedCommand,
): QueuedCommand | undefined {
  const { window } = waiting;
  if (window?.from !== later.window?.from || window?.to !== later.window?.to) return undefined;
  const partition = sameValues(waiting.partition, later.partition) ? waiting.partition : undefined;
  return {
    runClass: waiting.runClass,
    mode: later.mode === 'full' ? 'full' : waiting.mode,
    triggeredBy: waiting.triggeredBy,
    ...(partition && { partition }),
    ...(window && { window }),
  };
}

function sameValues(a: Partition = {}, b: Partition = {}): boolean {
  return partitionKey(a) === partitionKey(b);
}
