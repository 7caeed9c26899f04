import { randomUUID } from 'node:crypto';
import { RunCommand } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import { findCommand, type Store } from '@tidemark/store';
import { type Command, Option } from 'commander';
import { type CliIo, FailedError, print, printJson, say } from '../cli-io.ts';
import { openBus, openStore } from '../open.ts';
import { readCollector, readCommand } from '../read-command.ts';
import { readPartition } from '../read-partition.ts';
import { finishWith } from '../print/finish-with.ts';
import { followRun } from '../progress/follow-run.ts';
import { type CommandAnswer, sendCommand } from '../send-command.ts';

interface Options {
  readonly mode?: string;
  readonly partition: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly overlap?: string;
  readonly runId?: string;
  readonly triggeredBy: string;
  readonly wait: boolean;
  readonly json: boolean;
}

/** `tidemark run`: starts a run by a command, and follows it if asked. */
export function addRun(program: Command, io: CliIo): void {
  program
    .command('run')
    .description('start a run of a collector and print its id')
    .argument('<collector>', "the collector's name")
    .addOption(
      new Option('--mode <mode>', 'what to read').choices(['incremental', 'full', 'backfill']),
    )
    .option('--partition <key=value>', 'only partitions with this value; repeatable', collect, [])
    .option('--from <cursor>', 'begin of the window: a date, an instant or an integer')
    .option('--to <cursor>', 'end of the window')
    .addOption(
      new Option('--overlap <policy>', 'what to do while a run is active').choices([
        'skip',
        'queue',
        'cancel',
      ]),
    )
    .option('--run-id <uuid>', 'the id that the run is to have')
    .option('--triggered-by <text>', 'who or what starts it', 'cli')
    .option('--wait', 'follow the run; exit code 1 unless it ends with success', false)
    .option('--json', 'print JSON', false)
    .action(async (collector: string, options: Options) => startRun(io, collector, options));
}

async function startRun(io: CliIo, name: string, options: Options): Promise<void> {
  const collector = readCollector(name);
  const body = readCommand(RunCommand, {
    commandId: randomUUID(),
    mode: options.mode,
    partition: readPartition(options.partition),
    window: windowOf(options),
    overlap: options.overlap,
    runId: options.runId,
    triggeredBy: options.triggeredBy,
  });
  await using store = openStore(io);
  const answer = await send(io, store, collector, body);
  if (options.wait && answer.run_id !== null) {
    if (!options.json) print(io, answer.run_id);
    // A queued run is there only when the one before it has ended.
    const appearsWithinMs = answer.outcome === 'queued' ? Number.POSITIVE_INFINITY : 10_000;
    const run = await followRun(store, answer.run_id, {
      err: io.err,
      appearsWithinMs,
      isExpected: async () => isOpen(await lastAnswer(store, answer)),
    });
    if (!run) throw await whyMissing(io, store, answer);
    finishWith(io, run, options.json);
    return;
  }
  if (options.json) printJson(io, answer);
  else if (answer.run_id !== null) print(io, answer.run_id);
  if (options.wait) throw new FailedError('nothing was started');
}

async function send(
  io: CliIo,
  store: Store,
  collector: string,
  body: RunCommand & { readonly commandId: string },
): Promise<CommandAnswer> {
  await using bus = await openBus(io);
  const answer = await sendCommand(bus, store, { verb: 'run', collector, body });
  const why = answer.reasons.length > 0 ? `: ${answer.reasons.join('; ')}` : '.';
  if (answer.outcome !== 'accepted') say(io, `The command was ${answer.outcome}${why}`);
  if (answer.outcome === 'refused') throw new FailedError('the command was refused');
  return answer;
}

/** A command that waits gets its last answer only when its turn comes. */
async function lastAnswer(store: Store, answer: CommandAnswer): Promise<CommandAnswer> {
  return (await store.with(async (db) => findCommand(db, answer.id))) ?? answer;
}

function isOpen({ outcome }: CommandAnswer): boolean {
  return outcome === 'queued' || outcome === 'accepted';
}

async function whyMissing(io: CliIo, store: Store, answer: CommandAnswer): Promise<Error> {
  const last = await lastAnswer(store, answer);
  if (isOpen(last))
    return new TransientError('RUN_UNKNOWN', `The run ${answer.run_id} did not appear.`);
  say(io, `The command waited, and then was ${last.outcome}: ${last.reasons.join('; ')}`);
  return new FailedError('nothing was started');
}

function windowOf({ from, to }: Options): Record<string, string> | undefined {
  if (from === undefined && to === undefined) return undefined;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
