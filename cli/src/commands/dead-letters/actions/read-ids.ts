import { LetterId } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { collectorsOfLetters, type Store } from '@tidemark/store';
import { z } from 'zod';
import { UsageError } from '../../../cli-io.ts';

/** The number of a dead letter as it was typed. */
export function readLetterId(text: string): string {
  const { success, data } = LetterId.safeParse(text);
  if (success) return data;
  throw new UsageError(
    `"${text}" is no number of a dead letter; \`tidemark dead-letters list\` has them.`,
  );
}

/** The id of a run as it was typed. */
export function readRunId(text: string): string {
  if (z.uuid().safeParse(text).success) return text;
  throw new UsageError(`"${text}" is not the id of a run; \`tidemark runs\` lists them.`);
}

/** The collector that dead letters belong to, since a command is sent to one. */
export async function collectorOf(store: Store, ids: readonly string[]): Promise<string> {
  const owners = await store.with((db) => collectorsOfLetters(db, ids));
  const known = new Set(owners.flatMap(({ letters }) => letters));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new TerminalError('COMMAND_INVALID', `There is no dead letter ${unknown.join(', ')}.`);
  }
  const [owner, ...others] = owners;
  if (owner && others.length === 0) return owner.collector;
  const names = owners.map(({ collector }) => collector).join(', ');
  throw new UsageError(`These belong to ${names}: name those of one collector at a time.`);
}
