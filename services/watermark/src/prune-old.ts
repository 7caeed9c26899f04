import { prune } from '@tidemark/store';
import type { Deps } from './deps.ts';

const ROWS_A_STEP = 2_000;

/** Removes chunks, pages, ledger, dead letters and answers to commands that are older than they are kept for, in steps that hold up nobody. */
export async function pruneOld(deps: Deps, keepDays: number): Promise<void> {
  for (;;) {
    deps.signal.throwIfAborted();
    const removed = await deps.store.with((db) => prune(db, { keepDays, rows: ROWS_A_STEP }));
    if (removed === 0) return;
  }
}
