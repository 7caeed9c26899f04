import type { Message } from '@tidemark/bus';
import { headerNames, parseCommandSubject } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findAnswer, type AnsweredCommand } from '@tidemark/store';
import { refused, writeAnswer } from '../commands/answer.ts';
import { readCommand, reason } from '../commands/read-command.ts';
import { commandIdOf, type ReceivedCommand } from '../commands/received-command.ts';
import { messageTriggerId } from '../commands/trigger-id.ts';
import type { Deps } from '../deps.ts';
import { commandAnswered } from '../events.ts';
import { onCancelCommand } from './on-cancel-command.ts';
import { onRunCommand } from './on-run-command.ts';

/** What a message of the stream COMMANDS asks for. */
export function receivedFrom(message: Message): ReceivedCommand {
  const { verb = '?', collector = '?' } = parseCommandSubject(message.subject) ?? {};
  const payload = new TextDecoder().decode(message.data);
  const triggerId = messageTriggerId({ stream: 'COMMANDS', ...message });
  const commandId = commandIdOf(message.get(headerNames.command), payload, triggerId);
  return { commandId, runId: triggerId, verb, collector, payload };
}

/** Answers a command, once: the same command again gets the same answer, and nothing is planned twice. */
export async function handleCommand(deps: Deps, received: ReceivedCommand): Promise<void> {
  const earlier = await deps.store.with((db) => findAnswer(db, received.commandId));
  const answer = earlier ?? (await answerOf(deps, received));
  await commandAnswered(deps, answer);
}

async function answerOf(deps: Deps, received: ReceivedCommand): Promise<AnsweredCommand> {
  const reading = readCommand(received.verb, received.payload);
  if ('reasons' in reading) return refuse(deps, received, reading.reasons);
  try {
    return reading.verb === 'run'
      ? await onRunCommand(deps, received, reading.command)
      : await onCancelCommand(deps, received, reading.command);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return refuse(deps, received, [reason(error.code, error.message)]);
  }
}

/** Answers a command that cannot be carried out. */
export function refuse(
  deps: Deps,
  received: ReceivedCommand,
  reasons: readonly string[],
): Promise<AnsweredCommand> {
  return deps.store.with((db) => writeAnswer(db, received, refused(reasons)));
}
