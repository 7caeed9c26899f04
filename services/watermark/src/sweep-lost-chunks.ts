import { context } from '@opentelemetry/api';
import { messagesOfRun, publishTask } from '@tidemark/bus';
import type { Stage } from '@tidemark/contracts';
import { must } from '@tidemark/runtime';
import { findRunState, listQuietChunks, restartChunk, type QuietChunk } from '@tidemark/store';
import { contextFromTraceparent } from '@tidemark/telemetry';
import type { Deps } from './deps.ts';
import { eachByItself } from './each-by-itself.ts';
import { chunkEnded, chunkRestarted, runChanged } from './events.ts';
import { taskAt } from './release-run.ts';

/** Each stage publishes to the next before it acks, so work cannot slip back past who looks in this order. */
const stages: readonly Stage[] = ['extract', 'raw', 'load'];

/**
 * Restarts chunks that are lost: no stream holds anything of their run, and PostgreSQL, asked last, says that they are
 * active. Time alone never makes a chunk lost. Two sweeps at once do no harm: the attempt is compared and set.
 */
export async function sweepLostChunks(deps: Deps, lostAfterMs: number): Promise<void> {
  const quiet = await deps.store.with((db) => listQuietChunks(db, lostAfterMs));
  const byRun = Map.groupBy(quiet, (chunk) => chunk.runId);
  await eachByItself(byRun, async ([runId, chunks]) => {
    deps.signal.throwIfAborted();
    const { runClass } = must(chunks[0]);
    if (await isInStreams(deps, runId, runClass)) return;
    await eachByItself(chunks, (chunk) => restart(deps, chunk));
  });
}

async function isInStreams(
  deps: Deps,
  runId: string,
  runClass: QuietChunk['runClass'],
): Promise<boolean> {
  for (const stage of stages) {
    if ((await messagesOfRun(deps.bus, stage, runClass, runId)) > 0) return true;
  }
  return false;
}

async function restart(deps: Deps, chunk: QuietChunk): Promise<void> {
  const { attempt, places, runStatus } = await deps.store.transaction((db) =>
    restartChunk(db, chunk),
  );
  if (runStatus !== null) {
    await chunkEnded(deps, chunk);
    const run = await deps.store.with((db) => findRunState(db, chunk.runId));
    if (run && run.status !== 'running') await runChanged(deps, run);
  }
  if (attempt === null) return;
  chunkRestarted(deps, { ...chunk, attempt });
  await context.with(contextFromTraceparent(chunk.traceparent), () =>
    Promise.all(
      places.map((page) =>
        publishTask(deps.bus, taskAt(chunk.task, { attempt, page }), deps.signal),
      ),
    ),
  );
}
