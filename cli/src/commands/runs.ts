import { runStatuses } from '@tidemark/contracts/words';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunsOptions } from './actions/runs.ts';
import type { CliIo } from '../cli-io.ts';

/** `tidemark runs`: the newest runs. */
export function addRuns(program: Command, io: CliIo): void {
  program
    .command('runs')
    .description('list the newest runs')
    .option('--collector <name>', 'only runs of this collector')
    .addOption(new Option('--status <status>', 'only runs with this status').choices(runStatuses))
    .option('--limit <n>', 'at most this many', readLimit, 20)
    .option('--json', 'print JSON', false)
    .action(async (options: RunsOptions) => {
      const { showRuns } = await import('./actions/runs.ts');
      await showRuns(io, options);
    });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('A whole number from 1 to 10000 is needed.');
}
