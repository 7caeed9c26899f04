import type { Command } from 'commander';
import type { DiscardOptions } from './actions/discard.ts';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark dead-letters discard`: closes what nobody will replay. */
export function addDiscard(letters: Command, io: CliIo): void {
  letters
    .command('discard')
    .description('close dead letters that nobody will replay; they stay to be looked at')
    .argument('<ids...>', 'their numbers')
    .requiredOption('--reason <text>', 'why')
    .option('--triggered-by <text>', 'who or what does it', 'cli')
    .option('--json', 'print JSON', false)
    .action(async (texts: readonly string[], options: DiscardOptions) => {
      const { discardLetters } = await import('./actions/discard.ts');
      await discardLetters(io, texts, options);
    });
}
