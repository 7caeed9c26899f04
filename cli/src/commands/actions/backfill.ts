import { randomUUID } from 'node:crypto';
import { PlanCommand, RunCommand } from '@tidemark/contracts';
import { type CliIo, UsageError } from '../../cli-io.ts';
import { planFields, type PlanOptions, startFields } from '../../plan-options.ts';
import { readCollector, readCommand } from '../../read-command.ts';
import { showPlan } from '../../show-plan.ts';
import { startRun } from '../../start-run.ts';

export interface BackfillOptions extends PlanOptions {
  readonly plan: boolean;
}

/** Starts a backfill by a command, and follows it if asked; or tells what it would do. */
export async function backfill(io: CliIo, name: string, given: BackfillOptions): Promise<void> {
  const collector = readCollector(name);
  const options = { ...given, mode: 'backfill' };
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
