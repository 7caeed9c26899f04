import { type Bus, publishEvent } from '@tidemark/bus';
import type { BatchHeaders, ChunkEvent, RunEvent, WorkSubject } from '@tidemark/contracts';
import type { BatchCounts, ChunkEnding, EndedChunk } from '@tidemark/store';
import { meter } from '@tidemark/telemetry';
import { logger } from './logger.ts';

const instruments = meter('tidemark.load');
const records = instruments.createCounter('tidemark.load.records', {
  description: 'Records that reached the loader, by what became of them',
});
const skipped = instruments.createCounter('tidemark.load.skipped', {
  description: 'Batches that were not loaded: seen before, or of a chunk that has ended',
});
const deadLetters = instruments.createCounter('tidemark.load.lost_messages', {
  description: 'Messages that were kept without a chunk',
});

type Batch = Pick<BatchHeaders, 'runId' | 'chunkId' | 'seq' | 'part'>;

export function batchLoaded(collector: string, batch: Batch, counts: BatchCounts): void {
  for (const [outcome, count] of Object.entries(counts)) {
    if (count > 0) records.add(count, { 'tidemark.collector': collector, outcome });
  }
  const { runId, chunkId, seq, part } = batch;
  logger.debug({ collector, runId, chunkId, seq, part, ...counts }, 'batch loaded');
}

export function batchSkipped(collector: string, batch: Batch, reason: 'seen' | 'stop'): void {
  skipped.add(1, { 'tidemark.collector': collector, reason });
  const { runId, chunkId, seq, part } = batch;
  logger.debug({ collector, runId, chunkId, seq, part, reason }, 'batch not loaded');
}

export function messageKept(collector: string, code: string): void {
  deadLetters.add(1, { 'tidemark.collector': collector, code });
  logger.error({ collector, code }, 'message kept as a dead letter of no chunk');
}

/** Tells whoever waits for it that a chunk has ended, and that its run has when it was the last. */
export async function chunkEnded(
  bus: Bus,
  { route, batch }: { readonly route: WorkSubject; readonly batch: Batch },
  ended: EndedChunk & { readonly chunk: ChunkEnding },
): Promise<void> {
  const { collector, runClass } = route;
  const { runId, chunkId } = batch;
  const { chunk, runStatus, warnings } = ended;
  if (chunk.status === 'failed') {
    logger.error({ collector, runId, chunkId, code: chunk.code }, 'chunk failed');
  }
  await publishEvent(bus, 'chunk', collector, {
    v: 1,
    runId,
    chunkId,
    collector,
    status: chunk.status,
  } satisfies ChunkEvent);
  if (runStatus === 'running' || runStatus === 'paused' || runStatus === 'closing') return;
  logger.info({ collector, runId, status: runStatus }, 'run ended');
  if (warnings.length > 0) logger.warn({ collector, runId, warnings }, 'run ended with warnings');
  await publishEvent(bus, 'run', collector, {
    v: 1,
    runId,
    collector,
    runClass,
    status: runStatus,
  } satisfies RunEvent);
}
