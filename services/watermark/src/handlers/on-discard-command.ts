import type { DiscardCommand } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { discardLetters, findAnswer, type AnsweredCommand } from '@tidemark/store';
import { accepted, writeAnswer } from '../commands/answer.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';

/** Closes dead letters that nobody will replay: all that the command names, or none. */
export async function onDiscardCommand(
  deps: Deps,
  received: ReceivedCommand,
  { letters, reason }: DiscardCommand,
): Promise<AnsweredCommand> {
  const { collector } = received;
  return deps.store.transaction(async (db) => {
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return earlier;
    const closed = new Set(await discardLetters(db, { collector, letters, reason }));
    const others = letters.filter((id) => !closed.has(id));
    if (others.length > 0) {
      throw new TerminalError(
        'COMMAND_INVALID',
        `"${collector}" has no open dead letters ${others.slice(0, 10).join(', ')}; nothing was discarded`,
      );
    }
    return writeAnswer(db, received, accepted(null));
  });
}
