import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Worklist } from '../definition/worklist.ts';
import { durationToMicros } from '../duration.ts';
import { partitionKey } from '../revision.ts';
import {
  emptyState,
  type ChunkDraft,
  type ItemState,
  type ListedId,
  type PartitionState,
  type PlannedFinal,
  type PlanRequest,
} from './plan.ts';

export interface WorklistInput {
  readonly incremental: Worklist;
  readonly request: PlanRequest;
  readonly partitions: readonly Partition[];
  readonly states: ReadonlyMap<string, PartitionState>;
  /** The most urgent first. */
  readonly ids: readonly ListedId[];
  readonly nowUs: string;
}

export interface PlannedWorklist {
  /** The chunks of each partition, by its key; of one partition the most urgent last. */
  readonly drafts: ReadonlyMap<string, readonly ChunkDraft[]>;
  /** What the list newly says about ids that will not change any more. */
  readonly finals: readonly PlannedFinal[];
}

/** An id in one partition, and how urgent it is: 0 is the most urgent. */
interface Wanted {
  readonly id: string;
  readonly partition: string;
  readonly place: number;
}

/** Which of the listed ids are asked for, in requests of so many, the most urgent first. */
export function planWorklist(input: WorklistInput): PlannedWorklist {
  refuseWindow(input);
  const wanted: Wanted[] = [];
  const finals: PlannedFinal[] = [];
  const partitionsOf = matchPartitions(input.partitions);
  const limits = limitsOf(input);
  const seen = new Map(input.partitions.map((each) => [partitionKey(each), new Set<string>()]));
  for (const [place, listed] of input.ids.entries()) {
    for (const partition of partitionsOf(listed.partition)) {
      const ids = seen.get(partition);
      if (!ids || ids.has(listed.id)) continue;
      ids.add(listed.id);
      const state = (input.states.get(partition) ?? emptyState).items.get(listed.id);
      if (isDue(listed, state, limits)) wanted.push({ id: listed.id, partition, place });
      const wasFinal = (state?.finalUs ?? null) !== null;
      if (listed.final === 'listed' ? !wasFinal : wasFinal) {
        finals.push({ partition, key: listed.id, isFinal: listed.final === 'listed' });
      }
    }
  }
  return { drafts: cutIntoRequests(input.incremental, wanted), finals };
}

/**
 * Whether an id is asked for. Once read, one that the target shows as final never is again; one that the list calls final is, if
 * it was last read before the list did; others are when their last success is too old. One that was not answered is asked
 * for again after a while, some times, then given up until somebody asks for everything.
 */
function isDue({ final }: ListedId, state: ItemState | undefined, limits: Limits): boolean {
  if (!state || limits.asksForAll) return true;
  const { attempts, missingBeforeUs, readBeforeUs } = limits;
  const missingCount = state.missingCount ?? 0;
  if (missingCount > 0) return missingCount < attempts && isUpTo(state.checkedUs, missingBeforeUs);
  if (state.lastSuccessUs === null) return true;
  switch (final) {
    case 'loaded':
      return false;
    case 'listed': {
      const finalUs = state.finalUs ?? null;
      return finalUs === null || BigInt(state.lastSuccessUs) < BigInt(finalUs);
    }
    case null:
      return isUpTo(state.lastSuccessUs, readBeforeUs);
  }
}

/** What decides over an id, worked out once for all of them. */
interface Limits {
  readonly asksForAll: boolean;
  readonly attempts: number;
  /** Ids that were missing at this moment or before are asked for again. */
  readonly missingBeforeUs: bigint;
  /** Ids that were read at this moment or before are too old. */
  readonly readBeforeUs: bigint;
}

function limitsOf({ incremental, request, nowUs }: WorklistInput): Limits {
  const { missing, maxAge } = incremental;
  return {
    asksForAll: request.mode !== 'incremental',
    attempts: missing.attempts,
    missingBeforeUs: BigInt(nowUs) - durationToMicros(missing.after),
    readBeforeUs: BigInt(nowUs) - durationToMicros(maxAge),
  };
}

function isUpTo(us: string | null | undefined, limitUs: bigint): boolean {
  return us === null || us === undefined || BigInt(us) <= limitUs;
}

function cutIntoRequests(
  { minItems, perRun, perRequest }: Worklist,
  wanted: readonly Wanted[],
): Map<string, ChunkDraft[]> {
  const isEnough = Map.groupBy(wanted, ({ partition }) => partition);
  const taken = wanted
    .filter(({ partition }) => (isEnough.get(partition)?.length ?? 0) >= minItems)
    .slice(0, perRun);
  const drafts = new Map<string, ChunkDraft[]>();
  for (const [partition, ids] of Map.groupBy(taken, (each) => each.partition)) {
    const chunks: ChunkDraft[] = [];
    for (let first = 0; first < ids.length; first += perRequest) {
      const group = ids.slice(first, first + perRequest);
      chunks.push({
        cursor: null,
        items: group.map(({ id }) => id),
        signal: null,
        windows: [],
        priority: -(group[0]?.place ?? 0),
      });
    }
    drafts.set(partition, chunks);
  }
  return drafts;
}

/** Finds the partitions that have the values of a row; where rows name none, all of them. */
function matchPartitions(
  partitions: readonly Partition[],
): (values: Partition) => readonly string[] {
  const byNames = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const all = partitions.map(partitionKey);
  return (values) => {
    const names = Object.keys(values).toSorted();
    if (names.length === 0) return all;
    let index = byNames.get(names.join());
    if (!index) {
      const indexed = Map.groupBy(partitions, (partition) => textsOf(partition, names));
      index = new Map([...indexed].map(([text, found]) => [text, found.map(partitionKey)]));
      byNames.set(names.join(), index);
    }
    return index.get(textsOf(values, names)) ?? [];
  };
}

function textsOf(values: Partition, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => (name in values ? String(values[name]) : null)));
}

function refuseWindow({ request }: WorklistInput): void {
  if (request.window?.from === undefined && request.window?.to === undefined) return;
  throw new TerminalError('WINDOW_INVALID', 'a list of ids has no window');
}
