import type { Message } from '@tidemark/bus';
import { headerNames, parseCommandSubject } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findAnswer, type AnsweredCommand } from '@tidemark/store';
import { refused, writeAnswer } from '../commands/answer.ts';
import { readCommand, reason, type ReadCommand } from '../commands/read-command.ts';
import { commandIdOf, type ReceivedCommand } from '../commands/received-command.ts';
import { messageTriggerId } from '../commands/trigger-id.ts';
import type { Deps } from '../deps.ts';
import { commandAnswered } from '../events.ts';
import { onCancelCommand } from './on-cancel-command.ts';
import { onDiscardCommand } from './on-discard-command.ts';
import { onEditCommand } from './on-edit-command.ts';
import { onPauseCommand } from './on-pause-command.ts';
import { onPlanCommand } from './on-plan-command.ts';
import { onReplayCommand } from './on-replay-command.ts';
import { onResetCommand } from './on-reset-command.ts';
import { onResumeCommand } from './on-resume-command.ts';
import { onRetryCommand } from './on-retry-command.ts';
import { onRunCommand } from './on-run-command.ts';
import { onSwitchCommand } from './on-switch-command.ts';

/** What a message of the stream COMMANDS asks for. */
export function receivedFrom(message: Message): ReceivedCommand {
  const { verb = '?', collector = '?' } = parseCommandSubject(message.subject) ?? {};
  const payload = new TextDecoder().decode(message.data);
  const triggerId = messageTriggerId({ stream: 'COMMANDS', ...message });
  const commandId = commandIdOf(message.get(headerNames.command), payload, triggerId);
  return { commandId, runId: triggerId, verb, collector, payload };
}

/** Looks for definitions that came since the last look. */
export type Scan = () => Promise<void>;

/**
 * Answers a command, once: the same command again gets the same answer, and nothing is planned twice. Before a collector
 * counts as unknown its definition is looked for.
 */
export async function handleCommand(
  deps: Deps,
  received: ReceivedCommand,
  scan: Scan = async () => undefined,
): Promise<void> {
  const earlier = await deps.store.with((db) => findAnswer(db, received.commandId));
  const answer = earlier ?? (await answerOf(deps, received, scan));
  await commandAnswered(deps, answer);
}

async function answerOf(
  deps: Deps,
  received: ReceivedCommand,
  scan: Scan,
): Promise<AnsweredCommand> {
  const reading = readCommand(received.verb, received.payload);
  if ('reasons' in reading) return refuse(deps, received, reading.reasons);
  try {
    return await carryOut(deps, received, reading).catch(async (error: unknown) => {
      if (!isUnknown(error)) throw error;
      // The chore that looks for definitions tells what is wrong with those that it finds.
      await scan().catch(() => undefined);
      return carryOut(deps, received, reading);
    });
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return refuse(deps, received, [reason(error.code, error.message)]);
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof TerminalError && error.code === 'COLLECTOR_UNKNOWN';
}

function carryOut(
  deps: Deps,
  received: ReceivedCommand,
  reading: ReadCommand,
): Promise<AnsweredCommand> {
  switch (reading.verb) {
    case 'run':
      return onRunCommand(deps, received, reading.command);
    case 'plan':
      return onPlanCommand(deps, received, reading.command);
    case 'retry':
      return onRetryCommand(deps, received, reading.command);
    case 'pause':
      return onPauseCommand(deps, received, reading.command);
    case 'resume':
      return onResumeCommand(deps, received, reading.command);
    case 'cancel':
      return onCancelCommand(deps, received, reading.command);
    case 'reset':
      return onResetCommand(deps, received, reading.command);
    case 'replay':
      return onReplayCommand(deps, received, reading.command);
    case 'edit':
      return onEditCommand(deps, received, reading.command);
    case 'discard':
      return onDiscardCommand(deps, received, reading.command);
    case 'enable':
    case 'disable':
      return onSwitchCommand(deps, received, reading.verb === 'enable');
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
