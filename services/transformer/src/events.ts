import type { BatchHeaders } from '@tidemark/contracts';
import type { TerminalError } from '@tidemark/runtime';
import { meter } from '@tidemark/telemetry';
import { logger } from './logger.ts';

const records = meter('tidemark.transform').createCounter('tidemark.transform.records', {
  description: 'Records that left the transformer, by outcome',
});
const failures = meter('tidemark.transform').createCounter('tidemark.transform.failures', {
  description: 'Batches that were given up, by code',
});

export function batchMapped(collector: string, batch: BatchHeaders): void {
  records.add(batch.records, { 'tidemark.collector': collector, outcome: 'mapped' });
  if (batch.rejected > 0) {
    records.add(batch.rejected, { 'tidemark.collector': collector, outcome: 'rejected' });
  }
  const { runId, chunkId, seq, part } = batch;
  logger.debug(
    { collector, runId, chunkId, seq, part, records: batch.records, rejected: batch.rejected },
    'batch mapped',
  );
}

/** The lane has told it already. */
export function batchFailed(error: TerminalError): void {
  failures.add(1, { code: error.code });
}
