import { randomUUID } from 'node:crypto';
import { RetryCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findRun } from '@tidemark/store';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { type CliIo, UsageError } from '../cli-io.ts';
import { openStore } from '../open.ts';
import { addStartOptions, type PlanOptions, startFields } from '../plan-options.ts';
import { readCommand } from '../read-command.ts';
import { startRun } from '../start-run.ts';

interface Options extends Omit<PlanOptions, 'partition'> {
  readonly chunk: readonly number[];
}

/** `tidemark retry`: reads what failed in a run again, in a new run. */
export function addRetry(program: Command, io: CliIo): void {
  const command = program
    .command('retry')
    .description('read the failed chunks of a run again, and print the id of the new run')
    .argument('<run>', 'the id of the run that failed, or ended partial')
    .option('--chunk <n>', 'only this chunk; repeatable', collectChunk, []);
  addStartOptions(command).action(async (parentRunId: string, options: Options) => {
    const collector = await collectorOf(io, parentRunId);
    const body = readCommand(RetryCommand, {
      commandId: randomUUID(),
      parentRunId,
      chunks: options.chunk.length > 0 ? options.chunk : undefined,
      ...startFields(options),
    });
    await startRun(io, { verb: 'retry', collector, body }, options);
  });
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

function collectChunk(text: string, before: readonly number[]): number[] {
  const chunk = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(chunk) && chunk >= 0) return [...before, chunk];
  throw new InvalidArgumentError('The number of a chunk is needed.');
}
