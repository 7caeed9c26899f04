import type { Command } from 'commander';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark collectors list`: what is registered. */
export function addList(collectors: Command, io: CliIo): void {
  collectors
    .command('list')
    .description('list the registered collectors')
    .option('--json', 'print JSON', false)
    .action(async (options: { readonly json: boolean }) => {
      const { listRegistered } = await import('./actions/list.ts');
      await listRegistered(io, options);
    });
}
