import type { Bus } from '@tidemark/bus';
import { CommandEvent, type CommandVerb, commandSubject, eventSubject } from '@tidemark/contracts';
import { TransientError, sleep } from '@tidemark/runtime';
import { type CommandRow, type Store, findCommand } from '@tidemark/store';

export interface Command {
  readonly verb: CommandVerb;
  readonly collector: string;
  /** The body, with the id by which the answer is found. */
  readonly body: { readonly commandId: string } & Readonly<Record<string, unknown>>;
}

export interface CommandAnswer {
  readonly id: string;
  readonly verb: string;
  readonly collector_name: string;
  readonly outcome: CommandRow['outcome'];
  readonly reasons: readonly string[];
  readonly run_id: string | null;
}

const ANSWER_MS = 10_000;
const POLL_MS = 500;

/**
 * Publishes a command and waits for its answer. The answer is heard as an event, for which the subscription is there
 * before the command is; events may be missed, so the table of commands is looked at, too.
 */
export async function sendCommand(
  bus: Bus,
  store: Store,
  command: Command,
  answerMs = ANSWER_MS,
): Promise<CommandAnswer> {
  const { commandId } = command.body;
  const events = bus.nc.subscribe(eventSubject('command', command.collector));
  const stop = new AbortController();
  try {
    await bus.nc.flush();
    await publish(bus, command);
    const answers = [hear(events, commandId), ask(store, commandId, stop.signal)];
    return await Promise.race([...answers, giveUp(command, answerMs, stop.signal)]);
  } finally {
    stop.abort();
    events.unsubscribe();
  }
}

async function publish(bus: Bus, { verb, collector, body }: Command): Promise<void> {
  try {
    await bus.js.publish(commandSubject(verb, collector), JSON.stringify(body), {
      msgID: body.commandId,
    });
  } catch (error) {
    throw new TransientError(
      'BUS_UNAVAILABLE',
      'NATS did not store the command: the stream COMMANDS is not there, or full. ' +
        'It is made when the watermark service starts; look whether that runs.',
      { cause: error },
    );
  }
}

async function hear(
  events: AsyncIterable<{ json(): unknown }>,
  commandId: string,
): Promise<CommandAnswer> {
  try {
    for await (const event of events) {
      const answer = readAnswer(event, commandId);
      if (answer) return answer;
    }
  } catch {
    // Who may not hear events finds the answer in the table.
  }
  // The subscription has ended: somebody else has the answer, or the time is over.
  return new Promise(() => undefined);
}

function readAnswer(event: { json(): unknown }, commandId: string): CommandAnswer | undefined {
  let body: unknown;
  try {
    body = event.json();
  } catch {
    return undefined;
  }
  const { success, data } = CommandEvent.safeParse(body);
  if (!success || data.commandId !== commandId) return undefined;
  const { verb, collector, outcome, reasons, runId } = data;
  return { id: commandId, verb, collector_name: collector, outcome, reasons, run_id: runId };
}

async function ask(store: Store, commandId: string, signal: AbortSignal): Promise<CommandAnswer> {
  for (;;) {
    const row = await store.with(async (db) => findCommand(db, commandId)).catch(() => undefined);
    if (row) return row;
    await sleepOrEnd(POLL_MS, signal);
  }
}

async function giveUp(command: Command, afterMs: number, signal: AbortSignal): Promise<never> {
  await sleepOrEnd(afterMs, signal);
  throw new TransientError(
    'BUS_UNAVAILABLE',
    `The command is stored (id ${command.body.commandId}) but was not answered in ${afterMs / 1000} s: ` +
      'the watermark service may be down or busy. It will be carried out when that service takes it; ' +
      `look with \`tidemark runs --collector ${command.collector}\`.`,
  );
}

/** Waits; once aborted it never resolves, so that the loser of a race ends without a word. */
async function sleepOrEnd(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, signal).catch(async () => new Promise(() => undefined));
}
