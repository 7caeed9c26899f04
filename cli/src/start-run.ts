import { TransientError } from '@tidemark/runtime';
import { findCommand, type Store } from '@tidemark/store';
import { type CliIo, FailedError, print, printJson, say } from './cli-io.ts';
import { openBus, openStore } from './open.ts';
import { finishWith } from './print/finish-with.ts';
import { followRun } from './progress/follow-run.ts';
import { type Command, type CommandAnswer, sendCommand } from './send-command.ts';

export interface StartOptions {
  readonly wait: boolean;
  readonly json: boolean;
}

/** Sends a command that starts a run, prints the run's id, and follows it if asked. */
export async function startRun(io: CliIo, command: Command, options: StartOptions): Promise<void> {
  await using store = openStore(io);
  const answer = await send(io, store, command);
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

async function send(io: CliIo, store: Store, command: Command): Promise<CommandAnswer> {
  await using bus = await openBus(io);
  const answer = await sendCommand(bus, store, command);
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
