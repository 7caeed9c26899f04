import type { Command } from 'commander';
import type { CliIo } from '../cli-io.ts';

/** `tidemark watch`: live progress of one run until it ends. */
export function addWatch(program: Command, io: CliIo): void {
  program
    .command('watch')
    .description('follow a run until it ends; exit code 1 unless it ends with success')
    .argument('<run>', "the run's id")
    .option('--json', 'print the run as JSON when it has ended', false)
    .action(async (runId: string, options: { readonly json: boolean }) => {
      const { watch } = await import('./actions/watch.ts');
      await watch(io, runId, options);
    });
}
