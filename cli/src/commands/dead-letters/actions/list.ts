import type { LetterStatus } from '@tidemark/contracts';
import { listDeadLetters } from '@tidemark/store';
import { type CliIo, print, printJson, say } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { lettersTable } from '../../../print/dead-letters.ts';
import { readCollector } from '../../../read-command.ts';
import { readRunId } from './read-ids.ts';

export interface ListOptions {
  readonly collector?: string;
  readonly run?: string;
  readonly reason?: string;
  readonly status: LetterStatus | 'all';
  readonly limit: number;
  readonly json: boolean;
}

/** Prints the newest dead letters, without what they hold. */
export async function listLetters(
  io: CliIo,
  { collector, run, reason, status, limit, json }: ListOptions,
): Promise<void> {
  const filter = {
    collector: collector === undefined ? undefined : readCollector(collector),
    runId: run === undefined ? undefined : readRunId(run),
    reason,
    status: status === 'all' ? undefined : status,
    limit,
  };
  await using store = openStore(io);
  const rows = await store.with((db) => listDeadLetters(db, filter));
  if (json) printJson(io, rows);
  else if (rows.length > 0) print(io, lettersTable(rows));
  else say(io, 'There are no such dead letters.');
}
