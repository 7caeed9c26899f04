import { letterStatuses } from '@tidemark/contracts';
import { listDeadLetters } from '@tidemark/store';
import { type Command, Option } from 'commander';
import { type CliIo, print, printJson, say } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { readCount } from '../../plan-options.ts';
import { lettersTable } from '../../print/dead-letters.ts';
import { readCollector } from '../../read-command.ts';
import { readRunId } from './read-ids.ts';

interface Options {
  readonly collector?: string;
  readonly run?: string;
  readonly reason?: string;
  readonly status: (typeof letterStatuses)[number] | 'all';
  readonly limit: number;
  readonly json: boolean;
}

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
    .action(async ({ collector, run, reason, status, limit, json }: Options) => {
      const filter = {
        collector: collector === undefined ? undefined : readCollector(collector),
        runId: run === undefined ? undefined : readRunId(run),
        reason,
        status: status === 'all' ? undefined : status,
        limit,
      };
      await using store = openStore(io);
      const rows = await store.with((db) => listDeadLetters(db, filter));
      if (json) printJson(io, rows);
      else if (rows.length > 0) print(io, lettersTable(rows));
      else say(io, 'There are no such dead letters.');
    });
}
