import { ROOT_CONTEXT, context } from '@opentelemetry/api';
import {
  hasJobs,
  jobsOf,
  partitionKey,
  type Definition,
  type PlannedChunk,
} from '@tidemark/collector-sdk';
import type { ChunkTask, PagePlace, Partition, RunMode, RunStatus } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import {
  clearCheckpoints,
  closeRun,
  describePlan,
  insertChunks,
  insertRun,
  type EarlierRun,
  type Queryable,
} from '@tidemark/store';
import { attributeNames, linksTo, traceparentOf, withSpan } from '@tidemark/telemetry';
import type { QueuedCommand } from '../commands/queued-command.ts';
import { planReplay, type ReplayPlan } from '../replay/plan-replay.ts';
import { storeReplay } from '../replay/store-replay.ts';
import { createScratch } from '../rehearsal/scratch-table.ts';
import { findEmptyJobs } from '../targets/job-tables.ts';
import { findParent } from './find-parent.ts';
import type { UsableDefinition } from './load-definition.ts';
import { makePlan } from './make-plan.ts';
import { storeStates } from './store-states.ts';
import { takeUpChunks } from './take-up-chunks.ts';

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
  const { command, usable } = run;
  const attributes = {
    [attributeNames.runId]: run.runId,
    [attributeNames.collector]: run.collector,
    [attributeNames.runClass]: command.runClass,
  };
  const settings = { parent: ROOT_CONTEXT, links: linksTo(context.active()), attributes };
  return withSpan(`run ${run.collector}`, settings, async (span) => {
    const traceparent = traceparentOf(span) ?? null;
    const replay = await planReplay(db, usable, command);
    const parent = replay ? replay.parent : await findParent(db, usable, command);
    const inserted = await insertRun(db, {
      id: run.runId,
      collectorName: run.collector,
      runClass: command.runClass,
      mode: replay ? 'replay' : modeOf(command, parent),
      triggeredBy: command.triggeredBy,
      revision: usable.revision,
      parallel: 2 * usable.definition.limits.concurrency,
      traceparent,
      parentRunId: replay ? replay.ofRun : parent?.id,
      maxChunks: command.maxChunks,
      maxRecords: command.maxRecords,
    });
    if (inserted !== 'inserted') return { kind: inserted };
    const chunks = await chunksOf(db, run, { replay, parent });
    const status = chunks > 0 ? 'running' : await closeRun(db, run.runId);
    return { kind: 'planned', status, traceparent };
  });
}

interface Origin {
  readonly replay: ReplayPlan | undefined;
  readonly parent: EarlierRun | undefined;
}

function chunksOf(db: Queryable, run: RunToPlan, { replay, parent }: Origin): Promise<number> {
  if (replay) return storeReplay(db, run, replay);
  return parent ? takeUpChunks(db, run, parent) : storeChunks(db, run);
}

/** A run that goes on with what another one left open is of its mode: it finishes what that one began. */
function modeOf(
  { mode, rehearse, takeUp }: QueuedCommand,
  parent: EarlierRun | undefined,
): RunMode {
  if (rehearse) return 'rehearsal';
  if (!parent) return mode;
  return takeUp?.which === 'failed' ? 'retry' : parent.mode;
}

async function storeChunks(db: Queryable, run: RunToPlan): Promise<number> {
  const { runId, collector, command, usable } = run;
  const { plan, plannedAtUs } = await makePlan(db, usable, command);
  if (command.clearCheckpoint) {
    await clearCheckpoints(db, { id: runId, collectorName: collector, runClass: command.runClass });
  }
  const partitions = plan.chunks.map(({ partition }) => partition);
  const emptyJobs = hasJobs(usable.definition)
    ? await findEmptyJobs(db, usable.definition, partitions)
    : new Set();
  const scratch = command.rehearse
    ? await createScratch(db, theJobOf(usable.definition, partitions), runId)
    : null;
  await storeStates(db, runId, {
    definition: usable.definition,
    plan,
    isRehearsal: scratch !== null,
  });
  await insertChunks(
    db,
    runId,
    plan.chunks.map((chunk) => ({
      chunkId: chunk.chunkId,
      priority: chunk.priority,
      partition: partitionKey(chunk.partition),
      task: taskOf(run, chunk, plannedAtUs),
      cursorFrom: chunk.cursor?.from ?? null,
      cursorTo: chunk.cursor?.to ?? null,
      items: chunk.items,
      // A rehearsal must meet the rows that are there, to tell what it would change in them.
      straight:
        (chunk.straight || emptyJobs.has(partitionKey(chunk.partition))) && scratch === null,
      scratch,
    })),
  );
  await describePlan(db, {
    runId,
    chunks: plan.chunks.length,
    watermarkFrom: plan.watermarkFrom,
  });
  return plan.chunks.length;
}

/** A rehearsal compares one table with one other. */
function theJobOf(definition: Definition, partitions: readonly Partition[]): Definition {
  if (!hasJobs(definition)) return definition;
  const [job, ...others] = jobsOf(definition, partitions);
  if (job && others.length === 0) return job.definition;
  throw new TerminalError(
    'COMMAND_INVALID',
    `a rehearsal is of one table, and what is to be read of "${definition.name}" has ${job ? others.length + 1 : 0}; name one partition`,
  );
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
