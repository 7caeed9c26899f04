import { TerminalError } from '@tidemark/runtime';
import type { Command } from 'commander';
import { z } from 'zod';
import { type CliIo, UsageError } from '../cli-io.ts';
import { openStore } from '../open.ts';
import { finishWith } from '../print/finish-with.ts';
import { followRun } from '../progress/follow-run.ts';

/** `tidemark watch`: live progress of one run until it ends. */
export function addWatch(program: Command, io: CliIo): void {
  program
    .command('watch')
    .description('follow a run until it ends; exit code 1 unless it ends with success')
    .argument('<run>', "the run's id")
    .option('--json', 'print the run as JSON when it has ended', false)
    .action(async (runId: string, options: { readonly json: boolean }) => {
      if (!z.uuid().safeParse(runId).success) {
        throw new UsageError(`${runId} is not the id of a run; \`tidemark runs\` lists them.`);
      }
      await using store = openStore(io);
      const run = await followRun(store, runId, { err: io.err, appearsWithinMs: 0 });
      if (!run) {
        throw new TerminalError(
          'RUN_UNKNOWN',
          `No run has the id ${runId}; \`tidemark runs\` lists them.`,
        );
      }
      finishWith(io, run, options.json);
    });
}
