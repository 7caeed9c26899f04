import type { Command } from 'commander';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark collectors check`: the mistakes of definitions, found without any server. */
export function addCheck(collectors: Command, io: CliIo): void {
  collectors
    .command('check')
    .description('check YAML definitions without any server; exit code 1 if one has a mistake')
    .argument('[paths...]', 'files and folders; the folder of the services when none is named')
    .option('--json', 'print the mistakes as JSON', false)
    .action(async (paths: readonly string[], options: { readonly json: boolean }) => {
      const { checkCollectors } = await import('./actions/check.ts');
      await checkCollectors(io, paths, options);
    });
}
