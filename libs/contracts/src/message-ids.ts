import type { BatchHeaders } from './messages/batch.ts';
import type { PageTask } from './messages/page-task.ts';

/** A task's id names its place: the first continuation wins while the broker remembers it. */
export function taskId(task: PageTask): string {
  return `t.${task.runId}.${task.chunkId}.${task.attempt}.${task.page.seq}`;
}

/** A batch's id names its content: `duplicate: true` means that this very content is already there. */
export function batchId(stage: 'raw' | 'load', batch: BatchHeaders): string {
  const place = `${batch.runId}.${batch.chunkId}.${batch.attempt}.${batch.seq}`;
  return `${stage === 'raw' ? 'r' : 'l'}.${place}.${batch.digest}.${batch.part}`;
}
