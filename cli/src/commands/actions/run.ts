import { randomUUID } from 'node:crypto';
import { PlanCommand, RunCommand } from '@tidemark/contracts';
import { type CliIo, UsageError } from '../../cli-io.ts';
import { planFields, type PlanOptions, startFields } from '../../plan-options.ts';
import { readCollector, readCommand } from '../../read-command.ts';
import { showPlan } from '../../show-plan.ts';
import { startRun } from '../../start-run.ts';

export interface RunOptions extends PlanOptions {
  readonly plan: boolean;
  readonly rehearse: boolean;
  readonly continue?: string | true;
  readonly clearCheckpoint: boolean;
}

/** Starts a run by a command, and follows it if asked; or tells what it would do. */
export async function run(io: CliIo, name: string, options: RunOptions): Promise<void> {
  const collector = readCollector(name);
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
function refuseWithPlan(options: RunOptions): void {
  const { rehearse, wait, maxRecords } = options;
  if (options.continue === undefined && !rehearse && !wait && maxRecords === undefined) return;
  throw new UsageError(
    '--plan goes with --mode, --partition, --from, --to and --max-chunks only: it starts nothing.',
  );
}
