import {
  MAX_REJECT_BYTES,
  positionsLeft,
  type BatchHeaders,
  type AddedColumn,
  type Failure,
} from '@tidemark/contracts';
import {
  endBatchChunk,
  finishBatch,
  hasReplayingLetters,
  insertDeadLetters,
  noteDiscarded,
  openBatch,
  settleBatchLetters,
  type BatchCounts,
  type ChildCounts,
  type ChunkEnding,
  type CursorNotes,
  type DeadLetter,
  type EndedChunk,
  type FinishedBatch,
  type OpenBatch,
  type Store,
} from '@tidemark/store';
import type pg from 'pg';
import { addColumns } from './growth/add-columns.ts';
import { ColumnsMissingError } from './growth/columns-missing-error.ts';
import { growTarget, type RejectedHere } from './growth/grow-target.ts';
import { loadedNothing, loadTarget, type LoadedTarget } from './upsert/load-target.ts';
import type { Stage, Staging } from './upsert/staging.ts';
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
      /** The same for each child of the target. */
      readonly children?: readonly Buffer[];
      readonly rejects: readonly RejectedHere[];
      /** Columns of the text after the declared ones. */
      readonly columns?: readonly AddedColumn[];
      /** Values that were left out, by column. */
      readonly discarded?: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'failure'; readonly failure: Failure };

export type LoadResult =
  | { readonly verdict: 'seen' | 'stop' }
  | {
      readonly verdict: 'loaded';
      readonly counts: BatchCounts;
      readonly children: ChildCounts;
      /** Set when the batch ended its chunk. */
      readonly ended?: EndedChunk & { readonly chunk: ChunkEnding };
    };

/** Rolls the transaction back without being a failure: the batch belongs to nothing that is open. */
class StaleBatchError extends Error {
  override readonly name = 'StaleBatchError';
}

/**
 * Loads a batch once, however often it comes, or not at all when its chunk has ended meanwhile. Columns that its target lacks
 * are added between two transactions.
 */
export async function loadBatch(
  store: Store,
  staging: Staging,
  load: LoadBatch,
): Promise<LoadResult> {
  try {
    return await loadOnce(store, staging, load);
  } catch (error) {
    if (!(error instanceof ColumnsMissingError)) throw error;
    await addColumns(store, error.wanted);
    return loadOnce(store, staging, load);
  }
}

async function loadOnce(store: Store, staging: Staging, load: LoadBatch): Promise<LoadResult> {
  let session: pg.PoolClient | undefined;
  try {
    const result = await store.transaction(async (db) => {
      session = db;
      return loadIn(db, staging, load);
    });
    if (session) staging.confirm(session, result.staged);
    return result.result;
  } catch (error) {
    if (error instanceof StaleBatchError) return { verdict: 'stop' };
    throw error;
  }
}

interface Loaded {
  readonly result: LoadResult;
  /** The staging tables that were made sure of. */
  readonly staged: readonly Stage[];
}

async function loadIn(db: pg.PoolClient, staging: Staging, arrived: LoadBatch): Promise<Loaded> {
  const { batch } = arrived;
  const opened = await openBatch(db, batch, arrived.traceId);
  if (opened.verdict !== 'open') return { result: opened, staged: [] };
  const content = await forTarget(db, arrived, opened);
  const load = { ...arrived, content };

  const { straight, covered } = opened;
  const lineage = { runId: batch.runId, batchId: opened.batchId, askedAt: batch.askedAt, covered };
  const target =
    content.kind === 'records'
      ? await loadTarget(db, staging, { children: [], ...content, lineage, straight })
      : loadedNothing(straight);
  const letters = lettersOf(content, target);
  await insertDeadLetters(db, load, await newLetters(db, load, opened, letters));

  const rejected = content.kind === 'records' ? letters.length : 0;
  const counts = { ...target.counts, rejected };
  const { children, staged } = target;
  const finished = await finishBatch(db, batch, {
    batchId: opened.batchId,
    failed: content.kind === 'failure',
    counts,
    children,
    notes: notesOf(load, opened, target),
    maxRejects: content.kind === 'records' ? content.plan.maxRejects : 1,
    straight: target.straight,
  });
  if (finished.verdict === 'stop') throw new StaleBatchError('the chunk has ended');
  if (opened.letters && content.kind === 'records') {
    await settleBatchLetters(db, { batch, letters: opened.letters, refused: placed(letters) });
  }
  await noteDiscarded(db, { ...lineage, counts: discardedOf(content) });
  const chunk = endingOf(finished, content);
  if (!chunk) return { result: { verdict: 'loaded', counts, children }, staged };
  const ended = { ...(await endBatchChunk(db, batch, chunk)), chunk };
  return { result: { verdict: 'loaded', counts, children, ended }, staged };
}

/** What is brought again is a dead letter already: it is open again, and no second one is written where its place is known. */
async function newLetters(
  db: pg.PoolClient,
  { batch, content }: LoadBatch,
  ...[opened, letters]: [opened: OpenBatch, letters: readonly DeadLetter[]]
): Promise<readonly DeadLetter[]> {
  if (content.kind === 'failure') return (await hasReplayingLetters(db, batch)) ? [] : letters;
  return opened.letters ? letters.filter(({ position }) => position === null) : letters;
}

function placed(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  return letters.filter(({ position }) => position !== null);
}

function discardedOf(content: BatchContent): Readonly<Record<string, number>> {
  return content.kind === 'records' ? (content.discarded ?? {}) : {};
}

/** The records of a batch with the plan of their own table, as this table takes them. */
async function forTarget(
  db: pg.PoolClient,
  { batch, content }: LoadBatch,
  opened: OpenBatch,
): Promise<BatchContent> {
  if (content.kind === 'failure') return content;
  const plan = planFor(content.plan, opened);
  const { columns = [], discarded = {} } = content;
  if (!plan.growth && columns.length === 0) return { ...content, plan };
  const grown = await growTarget(db, { ...content, plan, columns, runId: batch.runId });
  const left = addCounts(discarded, grown.discarded);
  const { columns: _placed, discarded: _before, ...records } = content;
  return { ...records, ...grown, discarded: left };
}

function addCounts(
  counts: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = { ...counts };
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** What was noticed of the cursors; the transformer has judged those that it could. */
function notesOf(
  { batch, content }: LoadBatch,
  { covered }: OpenBatch,
  target: LoadedTarget,
): CursorNotes {
  if (content.kind === 'failure') return { quarantined: 0, outOfRange: 0 };
  const quarantined = content.rejects.filter(({ code }) => code === 'CURSOR_NULL').length;
  const notes = { quarantined, outOfRange: batch.outOfRange ?? 0 };
  if (!target.late || !covered) return notes;
  const { records, oldest } = target.late;
  const isTime = content.plan.cursorUnit === 'time';
  const late = {
    records,
    latenessUs: isTime ? (BigInt(batch.askedAt) - BigInt(oldest)).toString() : null,
    lookbackNeeded: (BigInt(covered.to) - BigInt(oldest)).toString(),
  };
  return { ...notes, late };
}

/** The batch of a rehearsal goes to the table of its run, and leaves the target alone. */
function planFor(plan: TargetPlan, { partition, scratch }: OpenBatch): TargetPlan {
  const own = plan.ofPartition(partition);
  return scratch === null ? own : own.rehearsedIn(scratch);
}

function lettersOf(content: BatchContent, target: LoadedTarget): DeadLetter[] {
  if (content.kind === 'failure') return [{ ...content.failure, position: null }];
  const placeOf = positionsLeft(content.rejects.map(({ position }) => position));
  return [
    ...content.rejects.map((reject): DeadLetter => ({
      kind: 'record',
      ...reject,
      payload: reject.payload.slice(0, MAX_REJECT_BYTES),
    })),
    ...target.refused.map((letter) => ({
      ...letter,
      position:
        letter.position === null || !content.plan.hasPlaces ? null : placeOf(letter.position),
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
