import { randomUUID } from 'node:crypto';
import { PlanCommand, RunCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { type CliIo, UsageError } from '../cli-io.ts';
import {
  addPartitionOption,
  addStartOptions,
  modeOption,
  planFields,
  type PlanOptions,
  startFields,
} from '../plan-options.ts';
import { readCollector, readCommand } from '../read-command.ts';
import { showPlan } from '../show-plan.ts';
import { startRun } from '../start-run.ts';

interface Options extends PlanOptions {
  readonly plan: boolean;
  readonly rehearse: boolean;
  readonly continue?: string | true;
  readonly clearCheckpoint: boolean;
}

/** `tidemark run`: starts a run by a command, and follows it if asked; or tells what it would do. */
export function addRun(program: Command, io: CliIo): void {
  const command = program
    .command('run')
    .description('start a run of a collector and print its id')
    .argument('<collector>', "the collector's name")
    .addOption(modeOption())
    .option('--from <cursor>', 'begin of the window: a date, an instant or an integer')
    .option('--to <cursor>', 'end of the window')
    .option('--plan', 'print what would be asked for; start nothing', false)
    .option('--rehearse', 'load into a table of its own and tell what would change', false)
    .option('--continue [run]', 'take up what the last run, or this one, left open')
    .option('--clear-checkpoint', 'forget what earlier runs left open', false);
  addStartOptions(addPartitionOption(command)).action(async (name: string, options: Options) =>
    run(io, readCollector(name), options),
  );
}

async function run(io: CliIo, collector: string, options: Options): Promise<void> {
  const commandId = randomUUID();
  if (options.plan) {
    refuseWithPlan(options);
    const { maxChunks, triggeredBy } = options;
    const fields = { commandId, maxChunks, triggeredBy, ...planFields(options) };
    const body = readCommand(PlanCommand, fields);
    return showPlan(io, { verb: 'plan', collector, body }, options);
  }
  const body = readCommand(RunCommand, {
    commandId,
    ...startFields(options),
    ...planFields(options),
    rehearse: options.rehearse || undefined,
    continue: options.continue,
    clearCheckpoint: options.clearCheckpoint || undefined,
  });
  return startRun(io, { verb: 'run', collector, body }, options);
}

/** A plan that left out what was asked for would be the plan of another run. */
function refuseWithPlan(options: Options): void {
  const { rehearse, wait, maxRecords } = options;
  if (options.continue === undefined && !rehearse && !wait && maxRecords === undefined) return;
  throw new UsageError(
    '--plan goes with --mode, --partition, --from, --to and --max-chunks only: it starts nothing.',
  );
}
