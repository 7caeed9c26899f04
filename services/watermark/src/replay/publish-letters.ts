import { hash } from 'node:crypto';
import { createDefinitions, encodeBody, publishBatch } from '@tidemark/bus';
import { Definition, partitionKey } from '@tidemark/collector-sdk';
import {
  type BatchHeaders,
  CHILDREN_VERSION,
  COLUMNS_VERSION,
  MESSAGE_VERSION,
  type PageTask,
} from '@tidemark/contracts';
import { must } from '@tidemark/runtime';
import { findRunState, readLetters, recordPage, type LetterContent } from '@tidemark/store';
import type { Deps } from '../deps.ts';
import { chunkEnded, runChanged } from '../events.ts';
import { rowLines } from './row-lines.ts';
import { findRowTarget } from './row-target.ts';

/** What the text of a load batch is. */
const COPY_TEXT = 'text/vnd.postgresql.copy';
/** What waits for room longer than this is left to the sweep, which finds a chunk of which nothing is on its way. */
const PUBLISH_WITHIN_MS = 5_000;

/**
 * Brings the dead letters of a chunk again, as its one page: records go to the transformer, as the extractor would send them,
 * and rows to the loader, as the transformer would. Publishes first and records the page then, as the extractor does, so
 * that what dies between is found and done again; each content counts once.
 */
export async function publishLetters(
  deps: Deps,
  task: PageTask,
  letters: readonly string[],
): Promise<void> {
  const batch = await makeBatch(deps, task, letters);
  const { headers } = batch;
  if (!(await isPublished(deps, task, batch))) return;
  const recorded = await deps.store.with((db) =>
    recordPage(db, {
      ...headers,
      outcome: 'last',
      last: true,
      next: [],
      bound: null,
      signal: null,
      askedAtUs: headers.askedAt,
    }),
  );
  if (recorded.verdict === 'stop' || recorded.chunkStatus === 'active') return;
  await chunkEnded(deps, { ...task, collectorName: task.collector }, recorded.chunkStatus);
  const run = await deps.store.with((db) => findRunState(db, task.runId));
  if (run && run.status !== 'running') await runChanged(deps, run);
}

/** Publishes a batch; false where its stream had no room in time. */
async function isPublished(
  { bus, logger, signal }: Deps,
  task: PageTask,
  { stage, headers, body }: ReplayBatch,
): Promise<boolean> {
  const late = AbortSignal.timeout(PUBLISH_WITHIN_MS);
  try {
    await publishBatch(bus, stage, task, headers, body, AbortSignal.any([signal, late]));
    return true;
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    const { runId, chunkId } = task;
    logger.warn(
      { runId, chunkId, stage },
      'no room for dead letters yet; they are published later',
    );
    return false;
  }
}

interface ReplayBatch {
  readonly stage: 'raw' | 'load';
  readonly headers: BatchHeaders;
  readonly body: Buffer;
}

async function makeBatch(
  deps: Deps,
  task: PageTask,
  letters: readonly string[],
): Promise<ReplayBatch> {
  const contents = await deps.store.with((db) => readLetters(db, letters));
  const { kind, askedAtUs } = must(contents[0], 'a chunk of dead letters has one at least');
  const { text, ...made } =
    kind === 'row' ? await rowsOf(deps, task, contents) : recordsOf(contents);
  const { contentEncoding, body } = encodeBody(text);
  const headers: BatchHeaders = {
    version: MESSAGE_VERSION,
    runId: task.runId,
    chunkId: task.chunkId,
    attempt: task.attempt,
    seq: 0,
    digest: hash('sha256', text).slice(0, 16),
    part: 0,
    parts: 1,
    outcome: 'last',
    askedAt: askedAtUs,
    revision: task.revision,
    records: contents.length,
    rejected: 0,
    contentEncoding,
    ...made,
  };
  return { stage: kind === 'row' ? 'load' : 'raw', headers, body };
}

function recordsOf(contents: readonly LetterContent[]) {
  const text = Buffer.from(`[${contents.map(({ payload }) => payload).join(',')}]`);
  return { text, contentType: 'application/json', sections: [text.length, 0] };
}

async function rowsOf({ store, bus }: Deps, task: PageTask, contents: readonly LetterContent[]) {
  // From where the loader has it: the order of the columns is that of the definition's text, which PostgreSQL does not keep.
  const stored = await createDefinitions(bus).get(task.collector, task.revision);
  const definition = Definition.parse(stored);
  const target = await store.with((db) =>
    findRowTarget(db, definition, partitionKey(task.partition)),
  );
  const lines = rowLines(
    target,
    contents.map(({ payload }) => payload),
  );
  const children = lines.children.map((each) => Buffer.from(each));
  const sections = [Buffer.from(lines.text), ...children];
  return {
    text: Buffer.concat(sections),
    contentType: COPY_TEXT,
    sections: [...sections.map(({ length }) => length), 0],
    ...(lines.columns.length > 0 && { version: COLUMNS_VERSION, columns: [...lines.columns] }),
    ...(children.length > 0 && { version: CHILDREN_VERSION }),
  };
}
