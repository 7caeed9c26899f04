import type { Partition } from '@tidemark/contracts';
import type { Definition } from '../definition/definition.ts';
import { partitionKey } from '../revision.ts';
import { lowWaterMark } from './low-water-mark.ts';
import { hasOrder, listPartitions, selectPartitions } from './partitions.ts';
import { planConditions } from './plan-conditions.ts';
import { planCursor, startOf } from './plan-cursor.ts';
import { planPeriods } from './plan-periods.ts';
import { planSweep, planWhole } from './plan-snapshot.ts';
import { planToken } from './plan-token.ts';
import { planWorklist, type PlannedWorklist } from './plan-worklist.ts';
import { refuseTooMany } from './slices.ts';
import {
  emptyState,
  type ChunkDraft,
  type PartitionState,
  type Plan,
  type PlanInput,
  type PlannedChunk,
} from './plan.ts';

/**
 * What a run asks its source for, decided from what is known to be loaded. Newer windows and periods come first;
 * without a window the older chunks are those that wait.
 */
export function planRun(input: PlanInput): Plan {
  const { definition, request, states } = input;
  const all = input.partitions ?? listPartitions(definition);
  // Where only PostgreSQL knows the partitions, and was not asked, one stands for all.
  const partitions = all ? selectPartitions(definition.name, all, request.partition) : [{}];
  const worklist = planListed(input, partitions);
  const chunks: PlannedChunk[] = [];
  for (const partition of partitions) {
    const key = partitionKey(partition);
    const drafts = worklist
      ? (worklist.drafts.get(key) ?? [])
      : planFor(input, states.get(key) ?? emptyState);
    for (const [age, draft] of drafts.entries()) {
      chunks.push(place({ partition, draft, chunkId: chunks.length, age, input }));
    }
    if (!worklist) refuseTooMany(chunks.length, 'ask for fewer partitions or a shorter window');
  }
  return {
    chunks: hasOrder(definition) ? partitionByPartition(chunks) : chunks,
    ...planWatermarks(definition, partitions, states),
    finals: worklist?.finals ?? [],
    sweep: planSweep(input, partitions),
  };
}

function planListed(
  { definition, request, states, ids = [], nowUs }: PlanInput,
  partitions: readonly Partition[],
): PlannedWorklist | undefined {
  const { incremental } = definition;
  if (incremental.kind !== 'worklist') return undefined;
  return planWorklist({ incremental, request, partitions, states, ids, nowUs });
}

function planFor(input: PlanInput, state: PartitionState): readonly ChunkDraft[] {
  return planConditions(input, state, draftsOf(input, state));
}

function draftsOf(input: PlanInput, state: PartitionState): readonly ChunkDraft[] {
  const { definition, request, nowUs } = input;
  const { incremental } = definition;
  switch (incremental.kind) {
    case 'cursor':
      return planCursor({ incremental, request, state, nowUs });
    case 'periods':
      return planPeriods({ incremental, request, state, nowUs });
    case 'token':
      return planToken(request, state);
    case 'full':
    case 'snapshot':
      return planWhole(definition, request);
    case 'worklist':
      return [];
  }
}

/** Where the partitions have an order, all chunks of one come before those of the next. */
function partitionByPartition(chunks: readonly PlannedChunk[]): PlannedChunk[] {
  const ranks = new Map<Partition, number>();
  for (const { partition } of chunks) {
    if (!ranks.has(partition)) ranks.set(partition, ranks.size);
  }
  const wanted = chunks.toSorted(
    (a, b) =>
      (ranks.get(a.partition) ?? 0) - (ranks.get(b.partition) ?? 0) || b.priority - a.priority,
  );
  return wanted.map((chunk, at) => ({ ...chunk, priority: chunks.length - at }));
}

interface Placement {
  readonly partition: Partition;
  readonly draft: ChunkDraft;
  readonly chunkId: number;
  readonly age: number;
  readonly input: PlanInput;
}

function place({ partition, draft, chunkId, age, input }: Placement): PlannedChunk {
  return {
    chunkId,
    partition,
    cursor: draft.cursor,
    items: draft.items,
    signal: draft.signal,
    page: { seq: 0, place: {}, windows: [...draft.windows], bound: null, stride: null },
    // Drafts come oldest first, and the newest is wanted first.
    priority: draft.priority ?? age,
    straight: input.isTargetEmpty,
  };
}

function planWatermarks(
  { incremental }: Definition,
  partitions: readonly Partition[],
  states: ReadonlyMap<string, PartitionState>,
): Pick<Plan, 'watermarks' | 'watermarkFrom'> {
  if (incremental.kind !== 'cursor') return { watermarks: [], watermarkFrom: null };
  const start = startOf(incremental);
  const marks = partitions.map((partition) => {
    const { floor, covered } = states.get(partitionKey(partition)) ?? emptyState;
    return lowWaterMark(covered, floor ?? start);
  });
  const least = marks.reduce((a, b) => (BigInt(b) < BigInt(a) ? b : a), marks[0] ?? start);
  return {
    watermarks: partitions.map((partition) => ({
      partition: partitionKey(partition),
      unit: incremental.unit,
      floor: start,
    })),
    watermarkFrom: least,
  };
}
