import type { Command } from 'commander';
import type { BackfillOptions } from './actions/backfill.ts';
import type { CliIo } from '../cli-io.ts';
import { addPartitionOption, addStartOptions } from '../plan-options.ts';

/** `tidemark backfill`: reads a range beside live collection. */
export function addBackfill(program: Command, io: CliIo): void {
  const command = program
    .command('backfill')
    .description('read a range of the past beside live collection, and print the id of the run')
    .argument('<collector>', "the collector's name")
    .requiredOption('--from <cursor>', 'begin of the range: a date, an instant or an integer')
    .requiredOption('--to <cursor>', 'end of the range')
    .option('--plan', 'print what would be asked for; start nothing', false);
  addStartOptions(addPartitionOption(command)).action(
    async (name: string, options: BackfillOptions) => {
      const { backfill } = await import('./actions/backfill.ts');
      await backfill(io, name, options);
    },
  );
}
