import { context } from '@opentelemetry/api';
import { findRunState, restartChunk, type OpenChunk } from '@tidemark/store';
import { contextFromTraceparent } from '@tidemark/telemetry';
import type { Deps } from './deps.ts';
import { chunkEnded, runChanged } from './events.ts';
import { begin, taskAt } from './release-run.ts';

/**
 * Lets a chunk go on from what is recorded of it, as its next attempt: what is still in the streams of the one before meets
 * the fence and is read again. Whoever does it at the same time does no harm: the attempt is compared and set. Answers the
 * attempt that it began, or null when there was none to begin.
 */
export async function goOnWith(deps: Deps, chunk: OpenChunk): Promise<number | null> {
  const { attempt, places, chunkStatus } = await deps.store.transaction((db) =>
    restartChunk(db, chunk),
  );
  if (chunkStatus !== null) {
    await chunkEnded(deps, chunk, chunkStatus);
    const run = await deps.store.with((db) => findRunState(db, chunk.runId));
    if (run && run.status !== 'running') await runChanged(deps, run);
  }
  if (attempt === null) return null;
  await context.with(contextFromTraceparent(chunk.traceparent), () =>
    Promise.all(
      places.map((page) => begin(deps, taskAt(chunk.task, { attempt, page }), chunk.letters)),
    ),
  );
  return attempt;
}
