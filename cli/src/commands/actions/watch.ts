import { TerminalError } from '@tidemark/runtime';
import { z } from 'zod';
import { type CliIo, UsageError } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { finishWith } from '../../print/finish-with.ts';
import { followRun } from '../../progress/follow-run.ts';

/** Shows live progress of one run until it ends. */
export async function watch(
  io: CliIo,
  runId: string,
  options: { readonly json: boolean },
): Promise<void> {
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
}
