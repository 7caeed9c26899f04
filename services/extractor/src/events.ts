import { trace } from '@opentelemetry/api';
import type { PageTask } from '@tidemark/contracts';
import { attributeNames, meter } from '@tidemark/telemetry';
import type { PageResult } from './interpret-page.ts';
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

/** A page was read, published and recorded. */
export function pageRead(task: PageTask, result: PageResult): void {
  const count = result.parts.reduce((sum, part) => sum + part.recordCount + part.rejectCount, 0);
  const labels = { [attributeNames.collector]: task.collector, outcome: result.outcome };
  pages.add(1, labels);
  records.add(count, { [attributeNames.collector]: task.collector });
  trace.getActiveSpan()?.setAttribute(attributeNames.records, count);
  logger.debug({ ...idsOf(task), outcome: result.outcome, records: count }, 'page read');
}

/** A request brought no page; it may be tried again. */
export function requestRefused(task: PageTask, code: string, reason: string): void {
  refusals.add(1, { [attributeNames.collector]: task.collector, code });
  logger.debug({ ...idsOf(task), code, reason }, 'request refused');
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
