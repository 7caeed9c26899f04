import { TerminalError } from '@tidemark/runtime';
import type { ChunkDraft, PartitionState, PlanRequest } from './plan.ts';

/** The key under which a partition keeps its token. */
export const TOKEN_KEY = 'token';

/** The one chunk of a partition that is read by a token: with the last one, or without any for everything. */
export function planToken(request: PlanRequest, state: PartitionState): ChunkDraft[] {
  if (request.window?.from !== undefined || request.window?.to !== undefined) {
    throw new TerminalError(
      'WINDOW_INVALID',
      'only the source can read the token of this collector, so it has no window; mode full reads everything',
    );
  }
  const last = request.mode === 'incremental' ? state.items.get(TOKEN_KEY)?.signal : undefined;
  return [{ cursor: null, items: [TOKEN_KEY], signal: last ?? null, windows: [] }];
}
