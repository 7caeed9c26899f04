import { randomUUID } from 'node:crypto';
import { PlanCommand, RunCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { type CliIo, UsageError } from '../cli-io.ts';
import {
  addPartitionOption,
  addStartOptions,
  planFields,
  type PlanOptions,
  startFields,
} from '../plan-options.ts';
import { readCollector, readCommand } from '../read-command.ts';
import { showPlan } from '../show-plan.ts';
import { startRun } from '../start-run.ts';

interface Options extends PlanOptions {
  readonly plan: boolean;
}

/** `tidemark backfill`: reads a range beside live collection. */
export function addBackfill(program: Command, io: CliIo): void {
  const command = program
    .command('backfill')
    .description('read a range of the past beside live collection, and print the id of the run')
    .argument('<collector>', "the collector's name")
    .requiredOption('--from <cursor>', 'begin of the range: a date, an instant or an integer')
    .requiredOption('--to <cursor>', 'end of the range')
    .option('--plan', 'print what would be asked for; start nothing', false);
  addStartOptions(addPartitionOption(command)).action(async (name: string, options: Options) =>
    backfill(io, readCollector(name), { ...options, mode: 'backfill' }),
  );
}

async function backfill(io: CliIo, collector: string, options: Options): Promise<void> {
  const commandId = randomUUID();
  if (!options.plan) {
    const body = readCommand(RunCommand, {
      commandId,
      ...startFields(options),
      ...planFields(options),
    });
    return startRun(io, { verb: 'run', collector, body }, options);
  }
  if (options.wait || options.maxRecords !== undefined) {
    throw new UsageError(
      '--plan starts nothing, so it goes neither with --wait nor --max-records.',
    );
  }
  const { maxChunks, triggeredBy } = options;
  const fields = { commandId, maxChunks, triggeredBy, ...planFields(options) };
  const body = readCommand(PlanCommand, fields);
  return showPlan(io, { verb: 'plan', collector, body }, options);
}
