import { runStatuses } from '@tidemark/contracts';
import { listRuns } from '@tidemark/store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CliIo, printJson, print, say } from '../cli-io.ts';
import { openStore } from '../open.ts';
import { runsTable } from '../print/runs-table.ts';

interface Options {
  readonly collector?: string;
  readonly status?: (typeof runStatuses)[number];
  readonly limit: number;
  readonly json: boolean;
}

/** `tidemark runs`: the newest runs. */
export function addRuns(program: Command, io: CliIo): void {
  program
    .command('runs')
    .description('list the newest runs')
    .option('--collector <name>', 'only runs of this collector')
    .addOption(new Option('--status <status>', 'only runs with this status').choices(runStatuses))
    .option('--limit <n>', 'at most this many', readLimit, 20)
    .option('--json', 'print JSON', false)
    .action(async (options: Options) => {
      await using store = openStore(io);
      const runs = await store.with(async (db) =>
        listRuns(db, {
          collector: options.collector,
          statuses: options.status && [options.status],
          limit: options.limit,
        }),
      );
      if (options.json) printJson(io, runs);
      else if (runs.length > 0) print(io, runsTable(runs));
      else say(io, 'No runs yet. Start one with `tidemark run <collector>`.');
    });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('A whole number from 1 to 10000 is needed.');
}
