import { randomUUID } from 'node:crypto';
import { DiscardCommand } from '@tidemark/contracts';
import { askAndPrint } from '../../../ask-and-print.ts';
import type { CliIo } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { readCommand } from '../../../read-command.ts';
import { collectorOf, readLetterId } from './read-ids.ts';

export interface DiscardOptions {
  readonly reason: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** Closes dead letters that nobody will replay, and prints how that was answered. */
export async function discardLetters(
  io: CliIo,
  texts: readonly string[],
  options: DiscardOptions,
): Promise<void> {
  const ids = [...new Set(texts.map(readLetterId))];
  await using store = openStore(io);
  const collector = await collectorOf(store, ids);
  const body = readCommand(DiscardCommand, {
    commandId: randomUUID(),
    letters: ids,
    reason: options.reason,
    triggeredBy: options.triggeredBy,
  });
  await askAndPrint(io, { verb: 'discard', collector, body }, options);
}
