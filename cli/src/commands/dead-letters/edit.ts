import type { Command } from 'commander';
import type { EditOptions } from './actions/edit.ts';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark dead-letters edit`: another payload for a record, the original beside it. */
export function addEdit(letters: Command, io: CliIo): void {
  letters
    .command('edit')
    .description('change the record of a dead letter, in $EDITOR unless told how; replay it then')
    .argument('<id>', 'its number')
    .option('--set <field=value>', 'give a field this value, JSON or text; repeatable', collect, [])
    .option('--file <path>', 'take the record from this file')
    .option('--triggered-by <text>', 'who or what does it', 'cli')
    .option('--json', 'print JSON', false)
    .action(async (text: string, options: EditOptions) => {
      const { editLetter } = await import('./actions/edit.ts');
      await editLetter(io, text, options);
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
