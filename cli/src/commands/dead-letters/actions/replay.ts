import { randomUUID } from 'node:crypto';
import { ReplayCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findRun, type Store } from '@tidemark/store';
import { type CliIo, UsageError } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { readCollector, readCommand } from '../../../read-command.ts';
import { startRun } from '../../../start-run.ts';
import { collectorOf, readLetterId, readRunId } from './read-ids.ts';

export interface ReplayOptions {
  readonly run?: string;
  readonly collector?: string;
  readonly overlap?: string;
  readonly runId?: string;
  readonly triggeredBy: string;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Brings dead letters again, in a new run, and follows that if asked. */
export async function replayLetters(
  io: CliIo,
  ids: readonly string[],
  options: ReplayOptions,
): Promise<void> {
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
  { run, collector }: ReplayOptions,
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
