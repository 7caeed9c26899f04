import { randomUUID } from 'node:crypto';
import { ReplayCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findRun, type Store } from '@tidemark/store';
import { type Command, Option } from 'commander';
import { type CliIo, UsageError } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { readCollector, readCommand } from '../../read-command.ts';
import { startRun } from '../../start-run.ts';
import { collectorOf, readLetterId, readRunId } from './read-ids.ts';

interface Options {
  readonly run?: string;
  readonly collector?: string;
  readonly overlap?: string;
  readonly runId?: string;
  readonly triggeredBy: string;
  readonly wait: boolean;
  readonly json: boolean;
}

/** `tidemark dead-letters replay`: brings them again, in a new run. */
export function addReplay(letters: Command, io: CliIo): void {
  letters
    .command('replay')
    .description(
      'bring dead letters again, in a new run: records as they are kept, pages by asking',
    )
    .argument('[ids...]', 'their numbers')
    .option('--run <id>', 'instead of numbers: the open ones of this run')
    .option(
      '--collector <name>',
      'instead of numbers: the open ones of this collector with records',
    )
    .addOption(
      new Option('--overlap <policy>', 'what to do while a run is active').choices([
        'skip',
        'queue',
        'cancel',
      ]),
    )
    .option('--run-id <uuid>', 'the id that the new run is to have')
    .option('--triggered-by <text>', 'who or what starts it', 'cli')
    .option('--wait', 'follow the run; exit code 1 unless it ends with success', false)
    .option('--json', 'print JSON', false)
    .action(async (ids: readonly string[], options: Options) => {
      const { overlap, runId, triggeredBy } = options;
      const { collector, ...which } = await chooseLetters(io, ids, options);
      const body = readCommand(ReplayCommand, {
        commandId: randomUUID(),
        ...which,
        overlap,
        runId,
        triggeredBy,
      });
      await startRun(io, { verb: 'replay', collector, body }, options);
    });
}

interface Choice {
  readonly collector: string;
  readonly letters?: readonly string[];
  readonly ofRun?: string;
  readonly all?: true;
}

async function chooseLetters(
  io: CliIo,
  ids: readonly string[],
  { run, collector }: Options,
): Promise<Choice> {
  const ways = [ids.length > 0, run !== undefined, collector !== undefined].filter(Boolean);
  if (ways.length !== 1)
    throw new UsageError('Name numbers, or --run, or --collector: one of them.');
  if (collector !== undefined) return { collector: readCollector(collector), all: true };
  await using store = openStore(io);
  if (run !== undefined) return { collector: await collectorOfRun(store, run), ofRun: run };
  const letters = [...new Set(ids.map(readLetterId))];
  return { collector: await collectorOf(store, letters), letters };
}

async function collectorOfRun(store: Store, text: string): Promise<string> {
  const id = readRunId(text);
  const run = await store.with((db) => findRun(db, id));
  if (run) return run.collector_name;
  throw new TerminalError('RUN_UNKNOWN', `No run has the id ${id}; \`tidemark runs\` lists them.`);
}
