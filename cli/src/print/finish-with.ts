import type { RunRow } from '@tidemark/store';
import { type CliIo, FailedError, print, printJson } from '../cli-io.ts';
import { printRehearsal } from './rehearsal.ts';
import { runSentence } from './runs-table.ts';

/** Prints how a run ended; fails unless that is success. */
export function finishWith(io: CliIo, run: RunRow, asJson: boolean): void {
  if (asJson) printJson(io, run);
  else print(io, [runSentence(run), printRehearsal(run.report)].filter(Boolean).join('\n'));
  if (run.status !== 'success') throw new FailedError(`the run ended with ${run.status}`);
}
