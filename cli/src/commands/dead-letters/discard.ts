import { randomUUID } from 'node:crypto';
import { DiscardCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { askAndPrint } from '../../ask-and-print.ts';
import type { CliIo } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { readCommand } from '../../read-command.ts';
import { collectorOf, readLetterId } from './read-ids.ts';

interface Options {
  readonly reason: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** `tidemark dead-letters discard`: closes what nobody will replay. */
export function addDiscard(letters: Command, io: CliIo): void {
  letters
    .command('discard')
    .description('close dead letters that nobody will replay; they stay to be looked at')
    .argument('<ids...>', 'their numbers')
    .requiredOption('--reason <text>', 'why')
    .option('--triggered-by <text>', 'who or what does it', 'cli')
    .option('--json', 'print JSON', false)
    .action(async (texts: readonly string[], options: Options) => {
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
    });
}
