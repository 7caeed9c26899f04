import { partitionKey } from '@tidemark/collector-sdk';
import { Partition, planModes, runClasses } from '@tidemark/contracts';
import { z } from 'zod';

/** The chunks of an earlier run that a run takes up instead of planning. */
const TakeUp = z.object({
  /** The last one that left chunks open, when absent. */
  runId: z.uuid().optional(),
  which: z.enum(['failed', 'open']),
  chunkIds: z.array(z.number()).optional(),
});
export type TakeUp = z.infer<typeof TakeUp>;

/** The dead letters that a run brings again instead of planning: these, or the open ones of a run or of the collector. */
const Replay = z.union([
  z.object({ letters: z.array(z.string()) }),
  z.object({ ofRun: z.uuid() }),
  z.object({ all: z.literal(true) }),
]);

/** What a command asks for, as it is kept while it waits. */
export const QueuedCommand = z.object({
  runClass: z.enum(runClasses),
  mode: z.enum(planModes),
  triggeredBy: z.string(),
  partition: Partition.optional(),
  window: z.object({ from: z.string().optional(), to: z.string().optional() }).optional(),
  maxChunks: z.number().optional(),
  maxRecords: z.number().optional(),
  rehearse: z.literal(true).optional(),
  clearCheckpoint: z.literal(true).optional(),
  takeUp: TakeUp.optional(),
  replay: Replay.optional(),
});
export type QueuedCommand = z.infer<typeof QueuedCommand>;

/** One command that asks for at least what both ask for; undefined when no single run can do that. */
export function mergeCommands(
  waiting: QueuedCommand,
  later: QueuedCommand,
): QueuedCommand | undefined {
  if (sameRequest(waiting, later)) return waiting;
  if (isSpecial(waiting) || isSpecial(later)) return undefined;
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

/** Such a run does less than it seems to, or something else: no other command is served by it. */
function isSpecial(command: QueuedCommand): boolean {
  const { maxChunks, maxRecords, rehearse, clearCheckpoint, takeUp, replay } = command;
  return [maxChunks, maxRecords, rehearse, clearCheckpoint, takeUp, replay].some(
    (setting) => setting !== undefined,
  );
}

function sameRequest(a: QueuedCommand, b: QueuedCommand): boolean {
  // Parsed, the fields stand in the order of the schema.
  const text = (command: QueuedCommand): string =>
    JSON.stringify(QueuedCommand.parse({ ...command, triggeredBy: '' }));
  return text(a) === text(b);
}

function sameValues(a: Partition = {}, b: Partition = {}): boolean {
  return partitionKey(a) === partitionKey(b);
}
