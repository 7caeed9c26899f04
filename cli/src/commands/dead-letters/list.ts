import { letterStatuses } from '@tidemark/contracts/words';
import { type Command, Option } from 'commander';
import type { ListOptions } from './actions/list.ts';
import type { CliIo } from '../../cli-io.ts';
import { readCount } from '../../plan-options.ts';

/** `tidemark dead-letters list`: the newest ones, without what they hold. */
export function addList(letters: Command, io: CliIo): void {
  letters
    .command('list')
    .description('list the newest dead letters, without what they hold')
    .option('--collector <name>', 'only those of this collector')
    .option('--run <id>', 'only those of this run')
    .option('--reason <text>', 'only those with this code, or this text in their reason')
    .addOption(
      new Option('--status <status>', 'only those with this status')
        .choices([...letterStatuses, 'all'])
        .default('open'),
    )
    .option('--limit <n>', 'at most this many', readCount, 50)
    .option('--json', 'print JSON', false)
    .action(async (options: ListOptions) => {
      const { listLetters } = await import('./actions/list.ts');
      await listLetters(io, options);
    });
}
