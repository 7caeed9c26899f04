import { type Command, Option } from 'commander';
import type { ReplayOptions } from './actions/replay.ts';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark dead-letters replay`: brings them again, in a new run. */
export function addReplay(letters: Command, io: CliIo): void {
  letters
    .command('replay')
    .description(
      'bring dead letters again, in a new run: records as they are kept, pages by asking',
    )
    .argument('[ids...]', 'their numbers')
    .option('--run <id>', 'instead of numbers: the open ones of this run')
    .option(
      '--collector <name>',
      'instead of numbers: the open ones of this collector with records',
    )
    .addOption(
      new Option('--overlap <policy>', 'what to do while a run is active').choices([
        'skip',
        'queue',
        'cancel',
      ]),
    )
    .option('--run-id <uuid>', 'the id that the new run is to have')
    .option('--triggered-by <text>', 'who or what starts it', 'cli')
    .option('--wait', 'follow the run; exit code 1 unless it ends with success', false)
    .option('--json', 'print JSON', false)
    .action(async (ids: readonly string[], options: ReplayOptions) => {
      const { replayLetters } = await import('./actions/replay.ts');
      await replayLetters(io, ids, options);
    });
}
