import { ROOT_CONTEXT, context } from '@opentelemetry/api';
import { partitionKey, planRun, type Plan, type PlannedChunk } from '@tidemark/collector-sdk';
import type { ChunkTask, PagePlace, RunStatus } from '@tidemark/contracts';
import {
  closeRun,
  describePlan,
  ensureWatermarks,
  insertChunks,
  insertRun,
  readClock,
  type Queryable,
} from '@tidemark/store';
import { attributeNames, linksTo, traceparentOf, withSpan } from '@tidemark/telemetry';
import type { QueuedCommand } from '../commands/queued-command.ts';
import { isTargetEmpty } from '../targets/is-target-empty.ts';
import type { UsableDefinition } from './load-definition.ts';
import { loadStates } from './load-states.ts';

export interface RunToPlan {
  readonly runId: string;
  readonly collector: string;
  readonly command: QueuedCommand;
  readonly usable: UsableDefinition;
}

export type Planned =
  | { readonly kind: 'planned'; readonly status: RunStatus; readonly traceparent: string | null }
  | { readonly kind: 'known' | 'conflict' };

/**
 * Plans a run in the caller's transaction. The run's row comes first, so that an index decides who plans; only then
 * are watermarks locked. The root span of the run's trace ends here, and everything the run does hangs below it.
 */
export async function storePlan(db: Queryable, run: RunToPlan): Promise<Planned> {
  const attributes = {
    [attributeNames.runId]: run.runId,
    [attributeNames.collector]: run.collector,
    [attributeNames.runClass]: run.command.runClass,
  };
  const settings = { parent: ROOT_CONTEXT, links: linksTo(context.active()), attributes };
  return withSpan(`run ${run.collector}`, settings, async (span) => {
    const traceparent = traceparentOf(span) ?? null;
    const inserted = await insertRun(db, {
      id: run.runId,
      collectorName: run.collector,
      runClass: run.command.runClass,
      mode: run.command.mode,
      triggeredBy: run.command.triggeredBy,
      revision: run.usable.revision,
      parallel: 2 * run.usable.definition.limits.concurrency,
      traceparent,
    });
    if (inserted !== 'inserted') return { kind: inserted };
    const status = await storeChunks(db, run);
    return { kind: 'planned', status, traceparent };
  });
}

async function storeChunks(db: Queryable, run: RunToPlan): Promise<RunStatus> {
  const { runId, collector, command, usable } = run;
  const states = await loadStates(db, collector);
  const plannedAt = await readClock(db);
  const plan: Plan = planRun({
    definition: usable.definition,
    request: command,
    states,
    nowUs: plannedAt,
    isTargetEmpty: await isTargetEmpty(db, usable.definition),
  });
  await ensureWatermarks(db, collector, plan.watermarks);
  await insertChunks(
    db,
    runId,
    plan.chunks.map((chunk) => ({
      chunkId: chunk.chunkId,
      priority: chunk.priority,
      partition: partitionKey(chunk.partition),
      task: taskOf(run, chunk, plannedAt),
      cursorFrom: chunk.cursor?.from ?? null,
      cursorTo: chunk.cursor?.to ?? null,
      items: chunk.items,
      straight: chunk.straight,
    })),
  );
  await describePlan(db, {
    runId,
    chunks: plan.chunks.length,
    watermarkFrom: plan.watermarkFrom,
  });
  return plan.chunks.length > 0 ? 'running' : closeRun(db, runId);
}

function taskOf(
  run: RunToPlan,
  chunk: PlannedChunk,
  plannedAt: string,
): ChunkTask & { page: PagePlace } {
  return {
    v: 1,
    runId: run.runId,
    chunkId: chunk.chunkId,
    attempt: 1,
    collector: run.collector,
    runClass: run.command.runClass,
    revision: run.usable.revision,
    partition: chunk.partition,
    cursor: chunk.cursor,
    items: [...chunk.items],
    signal: chunk.signal,
    plannedAt,
    page: chunk.page,
  };
}
