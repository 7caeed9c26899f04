import type { Command } from 'commander';
import type { CliIo } from '../cli-io.ts';

/** `tidemark status`: collectors, active runs, refused commands. */
export function addStatus(program: Command, io: CliIo): void {
  program
    .command('status')
    .description('show collectors, active runs and refused commands')
    .option('--json', 'print JSON', false)
    .action(async (options: { readonly json: boolean }) => {
      const { showOverview } = await import('./actions/status.ts');
      await showOverview(io, options);
    });
}
