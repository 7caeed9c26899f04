import { trace } from '@opentelemetry/api';
import type { PageTask } from '@tidemark/contracts';
import { attributeNames, meter } from '@tidemark/telemetry';
import type { PageNotice, PageResult } from './interpret-page.ts';
import { logger } from './logger.ts';

const instruments = meter('tidemark.extractor');
const pages = instruments.createCounter('tidemark.extract.pages', {
  description: 'Pages read, by outcome',
});
const records = instruments.createCounter('tidemark.extract.records', {
  description: 'Records in pages read',
});
const refusals = instruments.createCounter('tidemark.extract.refusals', {
  description: 'Requests that brought no page, by code',
});
const notices = instruments.createCounter('tidemark.extract.notices', {
  description: 'Pages that were not as expected: drifted, smaller than asked for, ignored',
});

/** What was told already: the same of each page of each run would hide everything else. */
const told = new Set<string>();

const retirements = instruments.createCounter('tidemark.extract.tokens_retired', {
  description: 'Tokens of several that a source refused',
});

/** A page was read, published and recorded. */
export function pageRead(task: PageTask, result: PageResult): void {
  const count = result.parts.reduce((sum, part) => sum + part.recordCount + part.rejectCount, 0);
  const labels = { [attributeNames.collector]: task.collector, outcome: result.outcome };
  pages.add(1, labels);
  records.add(count, { [attributeNames.collector]: task.collector });
  trace.getActiveSpan()?.setAttribute(attributeNames.records, count);
  logger.debug({ ...idsOf(task), outcome: result.outcome, records: count }, 'page read');
}

/** A page is a good one, but the source does something that people should know: told once for each revision. */
export function pageNoticed(task: PageTask, { kind, ...notice }: PageNotice): void {
  notices.add(1, { [attributeNames.collector]: task.collector, kind });
  const key = `${task.collector} ${task.revision} ${kind}`;
  const level = told.has(key) ? 'debug' : 'warn';
  told.add(key);
  logger[level]({ ...idsOf(task), ...notice }, messages[kind]);
}

const messages: Readonly<Record<PageNotice['kind'], string>> = {
  drifted: 'records came or went while the pages were read: the window is read again',
  smaller: 'the source gives smaller pages than it is asked for',
  ignored: 'the answer counts as an empty page by a rule of the definition',
  unsettled: 'rows may appear late without being read',
};

/** A request brought no page; it may be tried again. */
export function requestRefused(task: PageTask, code: string, reason: string): void {
  refusals.add(1, { [attributeNames.collector]: task.collector, code });
  logger.debug({ ...idsOf(task), code, reason }, 'request refused');
}

/** The source refused one of several tokens: this process uses the others for a while. */
export function tokenRetired(task: PageTask, secret: string): void {
  retirements.add(1, { [attributeNames.collector]: task.collector });
  logger.warn(
    { ...idsOf(task), variable: `TIDEMARK_SECRET_${secret}` },
    'token refused, it is not used for ten minutes',
  );
}

/** A page is not read, since nothing that is open needs it. */
export function pageDropped(task: PageTask, reason: string): void {
  pages.add(1, { [attributeNames.collector]: task.collector, outcome: 'dropped' });
  logger.debug({ ...idsOf(task), reason }, 'page dropped');
}

/** A page failed for good and is on its way to the dead letters. */
export function pageFailed(collector: string, page: Readonly<Record<string, unknown>>): void {
  pages.add(1, { [attributeNames.collector]: collector, outcome: 'failed' });
  logger.error({ collector, ...page }, 'page failed');
}

function idsOf(task: PageTask) {
  const { collector, runId, chunkId, attempt, page } = task;
  return { collector, runId, chunkId, attempt, seq: page.seq };
}
