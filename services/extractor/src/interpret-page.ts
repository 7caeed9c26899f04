import { createHash } from 'node:crypto';
import { cutParts, isHttp, type Definition, type Part } from '@tidemark/collector-sdk';
import {
  boundOf,
  foundIds,
  nextPlaces,
  recordKeys,
  seenValues,
  splitOf,
  splitPlace,
  type AnswerHead,
  type AskedMoment,
  type CutAnswer,
  type NextPlaces,
  type PageContent,
  type PageTrouble,
  type TextPart,
} from '@tidemark/collector-sdk/source';
import type { PageOutcome, PagePlace, PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';

/** What a page becomes: its parts, and what follows it in its chunk. */
export interface PageResult {
  readonly outcome: Exclude<PageOutcome, 'failed'>;
  readonly parts: readonly (Part | TextPart)[];
  readonly digest: string;
  readonly next: readonly PagePlace[];
  readonly last: boolean;
  readonly bound: string | null;
  readonly signal: string | null;
  /** Of a worklist: which of the ids that were asked for are here. */
  readonly found?: readonly string[] | null;
  /** Of an integer cursor: the ranges of its values. */
  readonly seen?: string | null;
  /** What people should know of the run that has this page. */
  readonly warnings?: readonly string[] | undefined;
  /** What people may want to know of this page although it is a good one. */
  readonly notice?: PageNotice | undefined;
}

/** A page that is no failure, but not what was expected either. */
export type PageNotice =
  | { readonly kind: 'drifted' | 'ignored'; readonly reason: string }
  | { readonly kind: 'smaller'; readonly asked: number; readonly given: number }
  | { readonly kind: 'unsettled'; readonly reason: string };

/** What was read for a task, and when. */
export interface PageReading {
  readonly definition: Definition;
  readonly task: PageTask;
  readonly moment: AskedMoment;
  /** What else the answer says beside its body, where it came over HTTP. */
  readonly head?: AnswerHead | undefined;
}

/** What a page's content becomes; throws when the page cannot be followed although it should be. */
export function interpretPage(reading: PageReading, content: PageContent | CutAnswer): PageResult {
  const { definition, task } = reading;
  const isFirst = task.page.seq === 0;
  // A token is where to go on; that it stays the same does not mean that the page is empty.
  const tellsChange = definition.incremental.kind !== 'token' && task.signal !== null;
  if (isFirst && tellsChange && content.signal === task.signal) {
    const nothing = { ...withoutRecords(), next: [], last: true, bound: boundAt(reading) };
    return { ...nothing, outcome: 'unchanged', signal: content.signal };
  }
  const cut = cutContent(content);
  const bound = boundAt(reading);
  const digest = digestOf(cut.parts);
  const told = tellRecords(definition, task, cut.records);
  const following = nextPlaces(
    definition.paginate,
    { ...task.page, bound },
    { ...cut, digest, head: reading.head, answer: content.answer, keys: told.keys },
  );
  if ('code' in following) throw new TerminalError(following.code, following.reason);
  const { found, seen } = told;
  const read = { parts: cut.parts, digest, bound, found, seen };
  if ('tooDeep' in following) {
    const next = [halvesOf(reading, bound, { code: 'DEPTH_EXCEEDED', reason: following.tooDeep })];
    return { ...read, outcome: 'split', next, last: false, signal: null };
  }
  const { next, last } = following;
  if (last) refuseMissingToken(reading, content);
  // What names the first of several pages says nothing of the others.
  const signal = last || !isConditional(definition) ? content.signal : null;
  const notice = noticeOf(following, cut.ignored);
  const warnings = notice && [warningOf(notice)];
  return { ...read, signal, outcome: last ? 'last' : 'page', next, last, notice, warnings };
}

/** The parts of a page, and its records where they were parsed. */
function cutContent(content: PageContent | CutAnswer) {
  if ('parts' in content) {
    const { parts, recordCount } = content;
    const { lastRecord } = content;
    return { parts, recordCount, lastRecord, records: undefined, ignored: undefined };
  }
  const { records, ignored } = content;
  const parts = cutParts(records);
  return { parts, recordCount: records.length, lastRecord: records.at(-1), records, ignored };
}

/** What is looked up in the records; nothing where they were not parsed, since nothing is asked of them. */
function tellRecords(
  definition: Definition,
  task: PageTask,
  records: readonly unknown[] | undefined,
) {
  if (!records) return { keys: undefined, found: null, seen: null };
  return {
    keys: keysOf(definition, records),
    found: foundIds(definition, task, records),
    seen: seenValues(definition, task.cursor, records),
  };
}

function isConditional(definition: Definition): boolean {
  return isHttp(definition) && definition.request.conditional !== undefined;
}

/** Without a token the next run would read everything again, and nobody would know why. */
function refuseMissingToken({ definition, task }: PageReading, content: PageContent | CutAnswer) {
  const { incremental } = definition;
  if (incremental.kind !== 'token' || content.signal !== null || task.signal !== null) return;
  throw new TerminalError(
    'RESPONSE_INVALID',
    `the last page gives no token at ${incremental.next}: correct incremental.next`,
  );
}

function noticeOf(
  { drifted, smaller }: NextPlaces,
  ignored: string | undefined,
): PageNotice | undefined {
  if (ignored !== undefined) return { kind: 'ignored', reason: ignored };
  if (drifted !== undefined) return { kind: 'drifted', reason: drifted };
  return smaller && { kind: 'smaller', ...smaller };
}

/** A notice in words, for the run that has the page. */
function warningOf(notice: PageNotice): string {
  switch (notice.kind) {
    case 'drifted':
      return `a window was read again, since records came or went while it was paged: ${notice.reason}`;
    case 'smaller':
      return `the source gives pages of ${notice.given} records, ${notice.asked} are asked for`;
    case 'ignored':
      return `answers counted as empty pages: ${notice.reason}`;
    case 'unsettled':
      return notice.reason;
  }
}

/** Names are made only where they are compared. */
function keysOf(definition: Definition, records: readonly unknown[]): string[] | undefined {
  const { paginate } = definition;
  if (paginate.kind !== 'offset' || paginate.drift?.by !== 'overlap') return undefined;
  return recordKeys(definition, records);
}

/** What "too many" becomes: a page without records, followed by the halves of its window. */
export function interpretSplit(reading: PageReading): PageResult {
  const bound = boundAt(reading);
  const reason = 'the source says "too many"';
  const next = [halvesOf(reading, bound, { code: 'SOURCE_REJECTED', reason })];
  return { ...withoutRecords(), outcome: 'split', next, last: false, bound, signal: null };
}

/** The place of the earlier half of the window; throws when there is no window, or none that may be halved. */
function halvesOf(reading: PageReading, bound: string | null, why: PageTrouble): PagePlace {
  const { definition, task, moment } = reading;
  const split = splitOf(definition);
  if (!split) {
    const reason = `${why.reason}, and there is no window to read in halves`;
    throw new TerminalError(why.code, reason);
  }
  const place = splitPlace(split, { ...task.page, bound }, bound ?? moment.askedAtUs);
  if (place) return { ...place, trail: undefined };
  throw new TerminalError(
    'WINDOW_TOO_SMALL',
    `${why.reason}, for a window that may not be smaller than ${split.min}`,
  );
}

function boundAt(reading: PageReading): string | null {
  const { definition, task, moment } = reading;
  if (task.page.seq > 0) return task.page.bound;
  return boundOf(definition, task.cursor, moment);
}

function withoutRecords(): Pick<PageResult, 'parts' | 'digest'> {
  const parts = cutParts([]);
  return { parts, digest: digestOf(parts) };
}

/** Names the content of a page: the first 16 hex digits of SHA-256 over the texts of its parts. */
export function digestOf(parts: PageResult['parts']): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part.records).update(part.rejects);
  return hash.digest('hex').slice(0, 16);
}
