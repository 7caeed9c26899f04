import { planModes } from '@tidemark/contracts/words';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readPartition } from './read-partition.ts';

/** What a run is to ask for, and how it is started, as options. */
export interface PlanOptions {
  readonly mode?: string;
  readonly partition: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly maxChunks?: number;
  readonly maxRecords?: number;
  readonly overlap?: string;
  readonly runId?: string;
  readonly triggeredBy: string;
  readonly wait: boolean;
  readonly json: boolean;
}

/** The options that every command has which starts a run. */
export function addStartOptions(command: Command): Command {
  return command
    .option('--max-chunks <n>', 'end after so many chunks', readCount)
    .option('--max-records <n>', 'end soon after so many records', readCount)
    .addOption(
      new Option('--overlap <policy>', 'what to do while a run is active').choices([
        'skip',
        'queue',
        'cancel',
      ]),
    )
    .option('--run-id <uuid>', 'the id that the run is to have')
    .option('--triggered-by <text>', 'who or what starts it', 'cli')
    .option('--wait', 'follow the run; exit code 1 unless it ends with success', false)
    .option('--json', 'print JSON', false);
}

/** The option that narrows a command to some partitions. */
export function addPartitionOption(command: Command): Command {
  return command.option(
    '--partition <key=value>',
    'only partitions with this value; repeatable',
    collect,
    [],
  );
}

export function modeOption(): Option {
  return new Option('--mode <mode>', 'what to read').choices(planModes);
}

/** The fields of a command that say how a run is started. */
export function startFields(options: Omit<PlanOptions, 'partition'>): Record<string, unknown> {
  const { maxChunks, maxRecords, overlap, runId, triggeredBy } = options;
  return { maxChunks, maxRecords, overlap, runId, triggeredBy };
}

/** The fields of a command that say what is to be read. */
export function planFields(options: PlanOptions): Record<string, unknown> {
  const { mode, from, to } = options;
  const window = from === undefined && to === undefined ? undefined : definedOnly({ from, to });
  return { mode, partition: readPartition(options.partition), window };
}

function definedOnly(fields: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A count as it was typed: a whole number, 1 or more. */
export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('A whole number, 1 or more, is needed.');
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
