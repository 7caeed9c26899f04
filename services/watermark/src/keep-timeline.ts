import { hearTimeline, tellTimeline } from '@tidemark/bus';
import { beatTimeline, type Beat } from '@tidemark/store';
import { z } from 'zod';
import type { Deps } from './deps.ts';
import { databaseRestored } from './events.ts';

/**
 * PostgreSQL and NATS are witnesses of each other. The database counts, and NATS is told the count after it was committed; so
 * a database whose count is behind what NATS has heard was put back to an earlier state, and what was loaded, planned and
 * commanded since then is not known any more. That is told, once; work goes on from what the database knows.
 * A NATS that was put back has heard less, which means nothing: what it lost is found by the sweep.
 */
export async function keepTimeline(deps: Deps): Promise<void> {
  // NATS first: read the other way round, the count of another replica would look like the future.
  const heard = await hearTimeline(deps.bus);
  const { beat, restore } = await deps.store.transaction((db) =>
    beatTimeline(db, readBeat(heard?.content)),
  );
  if (restore) await databaseRestored(deps, restore);
  await tellTimeline(deps.bus, beat, heard);
}

const Heard = z.object({
  databaseId: z.uuid(),
  beat: z.string().regex(/^\d{1,18}$/),
  beatenAt: z.iso.datetime({ precision: 6 }),
});

/** What cannot be read says nothing, and is told anew. */
function readBeat(content: unknown): Beat | undefined {
  return Heard.safeParse(content).data;
}
