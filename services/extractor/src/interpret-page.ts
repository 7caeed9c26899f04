import { createHash } from 'node:crypto';
import {
  boundOf,
  cutParts,
  nextPlaces,
  splitPlace,
  type AskedMoment,
  type CutAnswer,
  type Definition,
  type PageContent,
  type Part,
  type Split,
  type TextPart,
} from '@tidemark/collector-sdk';
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
}

/** What was read for a task, and when. */
export interface PageReading {
  readonly definition: Definition;
  readonly task: PageTask;
  readonly moment: AskedMoment;
}

/** What a page's content becomes; throws when the page leads back to itself. */
export function interpretPage(reading: PageReading, content: PageContent | CutAnswer): PageResult {
  const { definition, task } = reading;
  const isFirst = task.page.seq === 0;
  if (isFirst && task.signal !== null && content.signal === task.signal) {
    const nothing = { ...withoutRecords(), next: [], last: true, bound: task.page.bound };
    return { ...nothing, outcome: 'unchanged', signal: content.signal };
  }
  const isCut = 'parts' in content;
  const bound = boundAt(reading, isCut ? [] : content.records);
  const parts = isCut ? content.parts : cutParts(content.records);
  const recordCount = isCut ? content.recordCount : content.records.length;
  const digest = digestOf(parts);
  const following = nextPlaces(
    definition.paginate,
    { ...task.page, bound },
    { answer: content.answer, recordCount, digest },
  );
  if ('loop' in following) throw new TerminalError('PAGE_LOOP', following.loop);
  const outcome = following.last ? 'last' : 'page';
  return { ...following, outcome, parts, digest, bound, signal: content.signal };
}

/** What "too many" becomes: a page without records, followed by the halves of its window. */
export function interpretSplit(reading: PageReading, split: Split): PageResult {
  const bound = boundAt(reading, []);
  const openEnd = bound ?? reading.moment.askedAtUs;
  const place = splitPlace(split, { ...reading.task.page, bound }, openEnd);
  if (!place) {
    throw new TerminalError(
      'WINDOW_TOO_SMALL',
      `the source says "too many" for a window that may not be smaller than ${split.min}`,
    );
  }
  const nothing = withoutRecords();
  return { ...nothing, outcome: 'split', next: [place], last: false, bound, signal: null };
}

function boundAt(reading: PageReading, records: readonly unknown[]): string | null {
  const { definition, task, moment } = reading;
  if (task.page.seq > 0) return task.page.bound;
  return boundOf(definition, task.cursor, moment, records);
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
