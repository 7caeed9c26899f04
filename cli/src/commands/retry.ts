import { type Command, InvalidArgumentError } from 'commander';
import type { RetryOptions } from './actions/retry.ts';
import type { CliIo } from '../cli-io.ts';
import { addStartOptions } from '../plan-options.ts';

/** `tidemark retry`: reads what failed in a run again, in a new run. */
export function addRetry(program: Command, io: CliIo): void {
  const command = program
    .command('retry')
    .description('read the failed chunks of a run again, and print the id of the new run')
    .argument('<run>', 'the id of the run that failed, or ended partial')
    .option('--chunk <n>', 'only this chunk; repeatable', collectChunk, []);
  addStartOptions(command).action(async (parentRunId: string, options: RetryOptions) => {
    const { retry } = await import('./actions/retry.ts');
    await retry(io, parentRunId, options);
  });
}

function collectChunk(text: string, before: readonly number[]): number[] {
  const chunk = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(chunk) && chunk >= 0) return [...before, chunk];
  throw new InvalidArgumentError('The number of a chunk is needed.');
}
