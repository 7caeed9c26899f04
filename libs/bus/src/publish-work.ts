import type { PubAck } from '@nats-io/jetstream';
import {
  type BatchHeaders,
  batchId,
  headerNames,
  type PageTask,
  type RunClass,
  taskId,
  workSubject,
  writeBatchHeaders,
} from '@tidemark/contracts';
import type { Bus } from './connect-bus.ts';
import { publish } from './publish.ts';
import { streamOf } from './topology.ts';

/** Publishes the task to fetch one page. */
export function publishTask(bus: Bus, task: PageTask, signal: AbortSignal): Promise<PubAck> {
  const { runClass, collector, runId } = task;
  return publish(bus, {
    subject: workSubject({ stage: 'extract', runClass, collector, runId }),
    stream: streamOf('extract', runClass),
    id: taskId(task),
    data: JSON.stringify(task),
    headers: [
      [headerNames.version, String(task.v)],
      [headerNames.run, runId],
      [headerNames.chunk, String(task.chunkId)],
      [headerNames.attempt, String(task.attempt)],
      [headerNames.seq, String(task.page.seq)],
      [headerNames.definition, task.revision],
      [headerNames.contentType, 'application/json'],
    ],
    signal,
  });
}

export interface BatchRoute {
  readonly collector: string;
  readonly runClass: RunClass;
}

/** Publishes one part of a page, whose body is already encoded as its headers say, to the next stage. */
export function publishBatch(
  bus: Bus,
  stage: 'raw' | 'load',
  route: BatchRoute,
  ...[headers, body, signal]: [headers: BatchHeaders, body: Uint8Array, signal: AbortSignal]
): Promise<PubAck> {
  return publish(bus, {
    subject: workSubject({
      stage,
      runClass: route.runClass,
      collector: route.collector,
      runId: headers.runId,
    }),
    stream: streamOf(stage, route.runClass),
    id: batchId(stage, headers),
    data: body,
    headers: writeBatchHeaders(headers),
    signal,
  });
}
