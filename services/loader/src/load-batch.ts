import {
  MAX_REJECT_BYTES,
  positionsLeft,
  type BatchHeaders,
  type Failure,
  type Reject,
} from '@tidemark/contracts';
import {
  endBatchChunk,
  finishBatch,
  insertDeadLetters,
  openBatch,
  type BatchCounts,
  type ChunkEnding,
  type DeadLetter,
  type EndedChunk,
  type FinishedBatch,
  type OpenBatch,
  type Store,
} from '@tidemark/store';
import type pg from 'pg';
import { loadTarget, type LoadedTarget } from './upsert/load-target.ts';
import { rememberKeys } from './upsert/remember-keys.ts';
import type { Staging } from './upsert/staging.ts';
import type { TargetPlan } from './upsert/target-plan.ts';

// The transaction of a batch: ledger, target, dead letters, chunk, run and watermark, in this order, which is also
// everybody's order of locks. Either all of it is committed or nothing is; only then the message is acknowledged.

export interface LoadBatch {
  readonly collector: string;
  readonly batch: BatchHeaders;
  readonly traceId: string | undefined;
  readonly content: BatchContent;
}

export type BatchContent =
  | {
      readonly kind: 'records';
      readonly plan: TargetPlan;
      /** Lines of COPY's text format. */
      readonly text: Buffer;
      readonly rejects: readonly Reject[];
    }
  | { readonly kind: 'failure'; readonly failure: Failure };

export type LoadResult =
  | { readonly verdict: 'seen' | 'stop' }
  | {
      readonly verdict: 'loaded';
      readonly counts: BatchCounts;
      /** Set when the batch ended its chunk. */
      readonly ended?: EndedChunk & { readonly chunk: ChunkEnding };
    };

/** Rolls the transaction back without being a failure: the batch belongs to nothing that is open. */
class StaleBatchError extends Error {
  override readonly name = 'StaleBatchError';
}

/** Loads a batch once, however often it comes, or not at all when its chunk has ended meanwhile. */
export async function loadBatch(
  store: Store,
  staging: Staging,
  load: LoadBatch,
): Promise<LoadResult> {
  const { content } = load;
  let session: pg.PoolClient | undefined;
  try {
    const result = await store.transaction(async (db) => {
      session = db;
      return loadIn(db, staging, load);
    });
    if (session && content.kind === 'records' && result.staged)
      staging.confirm(session, content.plan);
    return result.result;
  } catch (error) {
    if (error instanceof StaleBatchError) return { verdict: 'stop' };
    throw error;
  }
}

interface Loaded {
  readonly result: LoadResult;
  readonly staged: boolean;
}

async function loadIn(db: pg.PoolClient, staging: Staging, load: LoadBatch): Promise<Loaded> {
  const { batch, content } = load;
  const opened = await openBatch(db, batch, load.traceId);
  if (opened.verdict !== 'open') return { result: opened, staged: false };

  const lineage = { runId: batch.runId, batchId: opened.batchId, askedAt: batch.askedAt };
  const { straight } = opened;
  const target: LoadedTarget | undefined =
    content.kind === 'records'
      ? await loadTarget(db, staging, {
          ...content,
          plan: planFor(content.plan, opened),
          lineage,
          straight,
        })
      : undefined;

  if (content.kind === 'records' && target?.staged === true) {
    await rememberKeys(db, content.plan, lineage);
  }

  const letters = lettersOf(content, target);
  await insertDeadLetters(db, load, letters);

  const counts = {
    inserted: 0,
    updated: 0,
    unchanged: 0,
    stale: 0,
    ...target?.counts,
    rejected: content.kind === 'records' ? letters.length : 0,
  };
  const finished = await finishBatch(db, batch, {
    batchId: opened.batchId,
    failed: content.kind === 'failure',
    counts,
    maxRejects: content.kind === 'records' ? content.plan.maxRejects : 1,
    straight: target?.straight ?? opened.straight,
  });
  if (finished.verdict === 'stop') throw new StaleBatchError('the chunk has ended');
  const staged = target?.staged ?? false;
  const chunk = endingOf(finished, content);
  if (!chunk) return { result: { verdict: 'loaded', counts }, staged };
  const ended = { ...(await endBatchChunk(db, batch, chunk)), chunk };
  return { result: { verdict: 'loaded', counts, ended }, staged };
}

/** The batch of a rehearsal goes to the table of its run, and leaves the target alone. */
function planFor(plan: TargetPlan, { partition, scratch }: OpenBatch): TargetPlan {
  const own = plan.ofPartition(partition);
  return scratch === null ? own : own.rehearsedIn(scratch);
}

function lettersOf(content: BatchContent, target: LoadedTarget | undefined): DeadLetter[] {
  if (content.kind === 'failure') return [{ ...content.failure, position: null }];
  const placeOf = positionsLeft(content.rejects.map(({ position }) => position));
  return [
    ...content.rejects.map((reject): DeadLetter => ({
      ...reject,
      kind: 'record',
      payload: reject.payload.slice(0, MAX_REJECT_BYTES),
    })),
    ...(target?.refused ?? []).map((letter) => ({
      ...letter,
      position: letter.position === null ? null : placeOf(letter.position),
    })),
  ];
}

function endingOf({ ending }: FinishedBatch, content: BatchContent): ChunkEnding | undefined {
  switch (ending) {
    case null:
      return undefined;
    case 'done':
      return { status: 'done' };
    case 'rejects_exceeded':
      return { status: 'failed', code: 'REJECTS_EXCEEDED', message: exceeded(content) };
    case 'failed': {
      const failure = content.kind === 'failure' ? content.failure : undefined;
      return {
        status: 'failed',
        code: failure?.code ?? 'MESSAGE_INVALID',
        message: failure?.reason ?? 'the chunk failed',
      };
    }
  }
}

function exceeded(content: BatchContent): string {
  const share = content.kind === 'records' ? content.plan.maxRejects * 100 : 0;
  return `more than ${Number(share.toFixed(2))} % of the chunk's records were rejected; see its dead letters`;
}
