import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Definition } from '../definition/definition.ts';
import { partitionKey } from '../revision.ts';
import { lowWaterMark } from './low-water-mark.ts';
import { planCursor, startOf } from './plan-cursor.ts';
import { planPeriods } from './plan-periods.ts';
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
  const partitions = selectPartitions(definition, request.partition);
  const chunks: PlannedChunk[] = [];
  for (const partition of partitions) {
    const state = states.get(partitionKey(partition)) ?? emptyState;
    for (const [age, draft] of draftsOf(input, state).entries()) {
      chunks.push(place({ partition, draft, chunkId: chunks.length, age, input }));
    }
  }
  return { chunks, ...planWatermarks(definition, partitions, states) };
}

/** The partitions of a definition that have all values of a filter; none is a mistake of whoever asked. */
export function selectPartitions(
  definition: Definition,
  filter: Partition | undefined,
): readonly Partition[] {
  const wanted = Object.entries(filter ?? {});
  const selected = definition.partitions.filter((partition) =>
    // Values are compared as text, since on a command line all of them are.
    wanted.every(([key, value]) => key in partition && String(partition[key]) === String(value)),
  );
  if (selected.length > 0) return selected;
  throw new TerminalError(
    'COMMAND_INVALID',
    `no partition of "${definition.name}" has ${JSON.stringify(filter)}; it has ${definition.partitions.length}, ` +
      `for example ${JSON.stringify(definition.partitions[0] ?? {})}`,
  );
}

function draftsOf(input: PlanInput, state: PartitionState): readonly ChunkDraft[] {
  const { definition, request, nowUs } = input;
  const { incremental } = definition;
  switch (incremental.kind) {
    case 'cursor':
      return planCursor({ incremental, request, state, nowUs });
    case 'periods':
      return planPeriods({ incremental, request, state, nowUs });
    case 'full':
      if (request.window?.from !== undefined || request.window?.to !== undefined) {
        throw new TerminalError(
          'WINDOW_INVALID',
          `"${definition.name}" reads everything each time, so it has no window`,
        );
      }
      return [{ cursor: null, items: [], signal: null, windows: [] }];
  }
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
    priority: age,
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
