import type { Command } from 'commander';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark dead-letters show`: one, with what it holds. */
export function addShow(letters: Command, io: CliIo): void {
  letters
    .command('show')
    .description('show a dead letter with its reason and what it holds')
    .argument('<id>', 'its number')
    .option('--json', 'print JSON', false)
    .action(async (id: string, options: { readonly json: boolean }) => {
      const { showLetter } = await import('./actions/show.ts');
      await showLetter(io, id, options);
    });
}
