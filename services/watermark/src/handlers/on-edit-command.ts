import type { EditCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { editLetter, findAnswer, type AnsweredCommand } from '@tidemark/store';
import { accepted, writeAnswer } from '../commands/answer.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';

/** Gives an open dead letter another payload; what came is kept beside it, and nothing is loaded. */
export async function onEditCommand(
  deps: Deps,
  received: ReceivedCommand,
  { letter, payload }: EditCommand,
): Promise<AnsweredCommand> {
  const { collector } = received;
  requireRecord(payload);
  return deps.store.transaction(async (db) => {
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return earlier;
    if (!(await editLetter(db, { collector, id: letter, payload }))) {
      throw new TerminalError(
        'COMMAND_INVALID',
        `"${collector}" has no open dead letter ${letter} of a record or row`,
      );
    }
    // What was edited is kept with the letter, not with the command.
    const said = { ...received, payload: JSON.stringify({ letter }) };
    return writeAnswer(db, said, accepted(null));
  });
}

function requireRecord(payload: string): void {
  let record: unknown;
  try {
    record = JSON.parse(payload);
  } catch (cause) {
    throw new TerminalError('COMMAND_INVALID', 'payload: is not JSON', { cause });
  }
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return;
  throw new TerminalError('COMMAND_INVALID', 'payload: is no JSON object');
}
