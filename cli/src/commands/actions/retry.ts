import { randomUUID } from 'node:crypto';
import { RetryCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findRun } from '@tidemark/store';
import { z } from 'zod';
import { type CliIo, UsageError } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { type PlanOptions, startFields } from '../../plan-options.ts';
import { readCommand } from '../../read-command.ts';
import { startRun } from '../../start-run.ts';

export interface RetryOptions extends Omit<PlanOptions, 'partition'> {
  readonly chunk: readonly number[];
}

/** Reads the failed chunks of a run again, in a new run, and follows that if asked. */
export async function retry(io: CliIo, parentRunId: string, options: RetryOptions): Promise<void> {
  const collector = await collectorOf(io, parentRunId);
  const body = readCommand(RetryCommand, {
    commandId: randomUUID(),
    parentRunId,
    chunks: options.chunk.length > 0 ? options.chunk : undefined,
    ...startFields(options),
  });
  await startRun(io, { verb: 'retry', collector, body }, options);
}

async function collectorOf(io: CliIo, runId: string): Promise<string> {
  if (!z.uuid().safeParse(runId).success) {
    throw new UsageError(`${runId} is not the id of a run; \`tidemark runs\` lists them.`);
  }
  await using store = openStore(io);
  const run = await store.with((db) => findRun(db, runId));
  if (run) return run.collector_name;
  throw new TerminalError(
    'RUN_UNKNOWN',
    `No run has the id ${runId}; \`tidemark runs\` lists them.`,
  );
}
