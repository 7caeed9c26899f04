import type { Message } from '@tidemark/bus';
import {
  UNKNOWN_REVISION,
  type BatchHeaders,
  type Failure,
  type WorkSubject,
} from '@tidemark/contracts';
import { insertLostMessage } from '@tidemark/store';
import { currentTraceId } from '@tidemark/telemetry';
import type { LoaderDeps } from '../deps.ts';
import { batchLoaded, batchSkipped, chunkEnded, messageKept } from '../events.ts';
import { type BatchContent, loadBatch } from '../load-batch.ts';
import { readFailure, readLoadContent, readLoadHeaders } from '../read-load-batch.ts';

export interface Arrival {
  readonly route: WorkSubject;
  readonly batch: BatchHeaders;
}

/** Loads one batch, or the ending of one: when this returns it is committed, or it belongs to nothing that is open. */
export async function onLoadBatch(msg: Message, deps: LoaderDeps): Promise<void> {
  const arrival = readLoadHeaders(msg);
  const { route, batch } = arrival;
  if (batch.outcome === 'failed') {
    await loadFailure(deps, arrival, readFailure(batch, msg.data));
    return;
  }
  const plan = await deps.plans.get(route.collector, batch.revision);
  const { text, children, rejects } = readLoadContent(batch, msg.data, plan.children.length);
  await load(deps, arrival, {
    kind: 'records',
    plan,
    text,
    children,
    rejects,
    ...(batch.columns && { columns: batch.columns }),
    ...(batch.discarded && { discarded: batch.discarded }),
  });
}

/** Keeps a failure as a dead letter and fails its chunk. */
export async function loadFailure(
  deps: LoaderDeps,
  arrival: Arrival,
  failure: Failure,
): Promise<void> {
  const { route, batch } = arrival;
  if (batch.revision !== UNKNOWN_REVISION) {
    await load(deps, arrival, { kind: 'failure', failure });
    return;
  }
  await deps.store.with(async (db) =>
    insertLostMessage(db, {
      collector: route.collector,
      runId: batch.runId,
      digest: batch.digest,
      traceId: currentTraceId(),
      code: failure.code,
      reason: failure.reason,
      payload: failure.payload,
    }),
  );
  messageKept(route.collector, failure.code);
}

async function load(
  deps: LoaderDeps,
  { route, batch }: Arrival,
  content: BatchContent,
): Promise<void> {
  const { collector } = route;
  const arrived = { collector, batch, traceId: currentTraceId(), content };
  const result = await loadBatch(deps.store, deps.staging, arrived).catch(
    async (error: unknown) => {
      await deps.waits.began(collector, error);
      throw error;
    },
  );
  if (result.verdict !== 'loaded') {
    await deps.waits.givenUp(collector);
    batchSkipped(collector, batch, result.verdict);
    return;
  }
  deps.waits.ended(collector);
  batchLoaded(collector, batch, result.counts);
  if (result.ended) await chunkEnded(deps.bus, { route, batch }, result.ended);
}
