import type { ChunkTask, PagePlace, Partition } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import {
  claimLetters,
  describePlan,
  insertChunks,
  readClock,
  type LetterClaim,
  type Queryable,
} from '@tidemark/store';
import type { RunToPlan } from '../planning/store-plan.ts';
import { takeUpChunks } from '../planning/take-up-chunks.ts';
import { groupLetters, type LetterBatch } from './group-letters.ts';
import type { ReplayPlan } from './plan-replay.ts';

const onlyPage: PagePlace = { seq: 0, place: {}, windows: [], bound: null, stride: null };

/**
 * Gives a run the chunks that bring dead letters again, and takes the letters for it, so that no other run finds them open.
 * Chunks that failed keep their numbers and are read again; each batch of records is a chunk after them.
 */
export async function storeReplay(
  db: Queryable,
  run: RunToPlan,
  { records, others, parent }: ReplayPlan,
): Promise<number> {
  const chunkIds = [...new Set(others.flatMap(({ chunkId }) => chunkId ?? []))];
  const takeUp = { runId: parent?.id, which: 'failed', chunkIds } as const;
  if (parent) await takeUpChunks(db, { ...run, command: { ...run.command, takeUp } }, parent);
  const first = Math.max(-1, ...chunkIds) + 1;
  const batches = groupLetters(records);
  const plannedAtUs = await readClock(db);
  await insertChunks(
    db,
    run.runId,
    batches.map((batch, place) => ({
      chunkId: first + place,
      priority: 0,
      partition: batch.partition,
      task: taskOf(run, { batch, chunkId: first + place, plannedAtUs }),
      cursorFrom: null,
      cursorTo: null,
      items: [],
      straight: false,
      letters: batch.letters,
    })),
  );
  for (const [place, { letters }] of batches.entries()) {
    await claim(db, { runId: run.runId, chunkId: first + place, letters });
  }
  for (const [chunkId, letters] of Map.groupBy(others, (letter) => letter.chunkId ?? 0)) {
    await claim(db, { runId: run.runId, chunkId, letters: letters.map(({ id }) => id) });
  }
  const chunks = chunkIds.length + batches.length;
  await describePlan(db, { runId: run.runId, chunks, watermarkFrom: null });
  return chunks;
}

async function claim(db: Queryable, wanted: LetterClaim): Promise<void> {
  const claimed = await claimLetters(db, wanted);
  if (claimed === wanted.letters.length) return;
  throw new TransientError('RUN_CONFLICT', 'dead letters of the replay were closed just now');
}

interface BatchChunk {
  readonly batch: LetterBatch;
  readonly chunkId: number;
  readonly plannedAtUs: string;
}

function taskOf(
  { runId, collector, command, usable }: RunToPlan,
  { batch, chunkId, plannedAtUs }: BatchChunk,
): ChunkTask & { page: PagePlace } {
  return {
    v: 1,
    runId,
    chunkId,
    attempt: 1,
    collector,
    runClass: command.runClass,
    revision: usable.revision,
    // The key is the JSON of a partition.
    partition: JSON.parse(batch.partition) as Partition,
    cursor: null,
    items: [],
    signal: null,
    plannedAt: plannedAtUs,
    page: onlyPage,
  };
}
