import { insertCommand, findAnswer, type AnsweredCommand, type Queryable } from '@tidemark/store';
import { must } from '@tidemark/runtime';
import type { ReceivedCommand } from './received-command.ts';

/** Payloads are kept for people to read, not for replay. */
const MAX_PAYLOAD_CHARS = 10_000;

export type Answer = Pick<AnsweredCommand, 'outcome' | 'reasons' | 'runId' | 'command' | 'result'>;

/** Writes an answer; when the command has one already, that one holds. */
export async function writeAnswer(
  db: Queryable,
  received: ReceivedCommand,
  answer: Answer,
): Promise<AnsweredCommand> {
  const row: AnsweredCommand = {
    id: received.commandId,
    verb: received.verb,
    collectorName: received.collector,
    ...answer,
  };
  // PostgreSQL's text cannot hold NUL.
  const payload = received.payload.slice(0, MAX_PAYLOAD_CHARS).replaceAll('\u0000', '');
  if (await insertCommand(db, { ...row, payload })) return row;
  return must(await findAnswer(db, received.commandId), 'an answer that was just there is gone');
}

/** An answer that starts nothing. */
export function refused(reasons: readonly string[]): Answer {
  return { outcome: 'refused', reasons, runId: null, command: null };
}

export function skipped(reasons: readonly string[]): Answer {
  return { outcome: 'skipped', reasons, runId: null, command: null };
}

export function accepted(runId: string | null): Answer {
  return { outcome: 'accepted', reasons: [], runId, command: null };
}
