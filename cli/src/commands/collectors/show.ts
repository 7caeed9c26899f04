import type { Command } from 'commander';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark collectors show`: one collector with all that is known of it. */
export function addShow(collectors: Command, io: CliIo): void {
  collectors
    .command('show')
    .description('show a collector: its state, watermarks, last runs and definition')
    .argument('<collector>', "the collector's name")
    .option('--json', 'print JSON', false)
    .action(async (text: string, options: { readonly json: boolean }) => {
      const { showCollector } = await import('./actions/show.ts');
      await showCollector(io, text, options);
    });
}
