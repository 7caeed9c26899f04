import { sleep } from '@tidemark/runtime';
import { type RunRow, type Store, findRun } from '@tidemark/store';
import { ProgressBoard } from './progress-board.ts';

export interface FollowOptions {
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** How long a run may not be there yet: an answer can be faster than what it tells of. */
  readonly appearsWithinMs: number;
  /** Asked while the run is not there: false when it will never be. */
  readonly isExpected?: () => Promise<boolean>;
  readonly pollMs?: number;
}

/** Shows a run's progress until it ends, and gives the run as it ended; undefined if there is no such run. */
export async function followRun(
  store: Store,
  runId: string,
  options: FollowOptions,
): Promise<RunRow | undefined> {
  using board = new ProgressBoard(options.err);
  const missingUntil = performance.now() + options.appearsWithinMs;
  for (;;) {
    const run = await store.with(async (db) => findRun(db, runId));
    if (run) {
      board.show(run);
      if (hasEnded(run)) return run;
    } else if (performance.now() >= missingUntil || (await options.isExpected?.()) === false) {
      return undefined;
    }
    await sleep(options.pollMs ?? 250);
  }
}

/** Whether nothing about a run will change any more. */
export function hasEnded(run: RunRow): boolean {
  return run.completed_at !== null && (run.mode !== 'rehearsal' || run.report !== null);
}
