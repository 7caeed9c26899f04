import { TerminalError } from '@tidemark/runtime';
import { findDeadLetter, type Store, type WholeDeadLetterRow } from '@tidemark/store';
import { type CliIo, print, printJson } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { describeLetter } from '../../../print/dead-letters.ts';
import { readLetterId } from './read-ids.ts';

/** Prints a dead letter with its reason and what it holds. */
export async function showLetter(
  io: CliIo,
  id: string,
  options: { readonly json: boolean },
): Promise<void> {
  await using store = openStore(io);
  const letter = await mustFindLetter(store, readLetterId(id));
  if (options.json) printJson(io, letter);
  else print(io, describeLetter(letter));
}

/** A dead letter by its number; throws when there is none. */
export async function mustFindLetter(store: Store, id: string): Promise<WholeDeadLetterRow> {
  const letter = await store.with((db) => findDeadLetter(db, id));
  if (letter) return letter;
  throw new TerminalError('COMMAND_INVALID', `There is no dead letter ${id}.`);
}
