import {
  cursorToDigits,
  partitionKey,
  periodNamed,
  type Definition,
} from '@tidemark/collector-sdk';
import { Partition, type ResetCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import {
  findAnswer,
  listActiveRuns,
  listStatePartitions,
  lockRunsOf,
  lockWatermarks,
  resetWatermarks,
  type AnsweredCommand,
  type Queryable,
  type WatermarkReset,
} from '@tidemark/store';
import { accepted, writeAnswer } from '../commands/answer.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { loadDefinition } from '../planning/load-definition.ts';

/** Sets watermarks back, so that what is loaded is asked for again. Nothing is deleted, and no run starts. */
export async function onResetCommand(
  deps: Deps,
  received: ReceivedCommand,
  command: ResetCommand,
): Promise<AnsweredCommand> {
  const { collector } = received;
  return deps.store.transaction(async (db) => {
    for (const runClass of ['backfill', 'live'] as const) await lockRunsOf(db, collector, runClass);
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return earlier;
    const { definition } = await loadDefinition(db, collector);
    await requireIdle(db, collector);
    await lockWatermarks(db, collector);
    const known = await listStatePartitions(db, collector);
    const partitions = known.filter((key) => hasValues(key, command.partition));
    if (partitions.length === 0) {
      const which = command.partition ? ` with ${partitionKey(command.partition)}` : '';
      throw new TerminalError(
        'COMMAND_INVALID',
        `nothing is known to be loaded of "${collector}"${which}; it has ${known.length} partitions`,
      );
    }
    const to = placeOf(definition, command.to);
    await resetWatermarks(db, { collectorName: collector, partitions, to });
    const said = `${partitions.length} of ${known.length} partitions set back to ${command.to ?? 'their beginning'}`;
    return writeAnswer(db, received, { ...accepted(null), reasons: [said] });
  });
}

/** A run that ends after the reset would cover again what it was planned for before. */
async function requireIdle(db: Queryable, collector: string): Promise<void> {
  const [active] = await listActiveRuns(db, collector);
  if (!active) return;
  throw new TerminalError(
    'RUN_CONFLICT',
    `run ${active.id} of "${collector}" is ${active.status}; wait for it or cancel it first`,
  );
}

function hasValues(key: string, filter: Partition = {}): boolean {
  const partition = Partition.parse(JSON.parse(key));
  // Values are compared as text, since on a command line all of them are.
  return Object.entries(filter).every(
    ([name, value]) => name in partition && String(partition[name]) === String(value),
  );
}

function placeOf(definition: Definition, text: string | undefined): WatermarkReset['to'] {
  if (text === undefined) return undefined;
  const { incremental } = definition;
  try {
    if (incremental.kind === 'cursor') return { cursor: cursorToDigits(text, incremental.unit) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new TerminalError('WINDOW_INVALID', `to: ${said}`, { cause: error });
  }
  if (incremental.kind !== 'periods') {
    throw new TerminalError(
      'WINDOW_INVALID',
      `"${definition.name}" keeps no order of what is loaded; only all of it can be forgotten`,
    );
  }
  const period = periodNamed(incremental.unit, text, 'from');
  if (period !== undefined) return { period };
  throw new TerminalError('WINDOW_INVALID', `to: "${text}" is not a ${incremental.unit} or a date`);
}
