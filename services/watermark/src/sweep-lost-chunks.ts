import { must } from '@tidemark/runtime';
import { listQuietChunks } from '@tidemark/store';
import type { Deps } from './deps.ts';
import { eachByItself } from './each-by-itself.ts';
import { chunkRestarted } from './events.ts';
import { isInStreams } from './is-in-streams.ts';
import { goOnWith } from './restart-chunk.ts';

/**
 * Restarts chunks that are lost: no stream holds anything of their run, and PostgreSQL, asked last, says that they are
 * active. Time alone never makes a chunk lost. Two sweeps at once do no harm: the attempt is compared and set.
 */
export async function sweepLostChunks(deps: Deps, lostAfterMs: number): Promise<void> {
  const quiet = await deps.store.with((db) => listQuietChunks(db, lostAfterMs));
  const byRun = Map.groupBy(quiet, (chunk) => chunk.runId);
  await eachByItself(byRun, async ([, chunks]) => {
    deps.signal.throwIfAborted();
    if (await isInStreams(deps, must(chunks[0]))) return;
    await eachByItself(chunks, async (chunk) => {
      const attempt = await goOnWith(deps, chunk);
      if (attempt !== null) chunkRestarted(deps, { ...chunk, attempt });
    });
  });
}
