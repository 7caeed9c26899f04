import type { PagePlace, Partition, Window } from '@tidemark/contracts';
import type { Definition } from '../definition/definition.ts';

/** What a run asks for, as far as a command can say it. */
export interface PlanRequest {
  readonly mode: 'incremental' | 'full' | 'backfill';
  readonly partition?: Partition | undefined;
  readonly window?:
    | { readonly from?: string | undefined; readonly to?: string | undefined }
    | undefined;
}

/** What PostgreSQL knows of one partition. */
export interface PartitionState {
  readonly floor: string | null;
  /** Half-open intervals in digits, in order and apart from each other. */
  readonly covered: readonly { readonly from: string; readonly to: string }[];
  readonly items: ReadonlyMap<string, ItemState>;
}

export interface ItemState {
  readonly lastSuccessUs: string | null;
  readonly signal: string | null;
  /** When it was last asked for, answered or not. */
  readonly checkedUs?: string | null;
  /** How often in a row it was asked for and not answered. */
  readonly missingCount?: number;
  /** Since when its list says that it will not change any more. */
  readonly finalUs?: string | null;
}

/** An id that a worklist names. */
export interface ListedId {
  readonly id: string;
  /** Values of the partitions that it belongs to; empty for all. */
  readonly partition: Partition;
  /** Who says that it will not change any more: its list, or what is loaded of it. */
  readonly final: 'listed' | 'loaded' | null;
}

export interface PlanInput {
  readonly definition: Definition;
  readonly request: PlanRequest;
  /** By partition key; a partition that is not in it has never been run. */
  readonly states: ReadonlyMap<string, PartitionState>;
  /** In the order in which they are to be read; those that the definition itself says when absent. */
  readonly partitions?: readonly Partition[];
  /** What a worklist names, the most urgent first. */
  readonly ids?: readonly ListedId[];
  /** PostgreSQL's clock. */
  readonly nowUs: string;
  /** The target holds nothing, so that COPY may go straight into it. */
  readonly isTargetEmpty: boolean;
}

export interface PlannedChunk {
  readonly chunkId: number;
  readonly partition: Partition;
  readonly cursor: Window | null;
  readonly items: readonly string[];
  readonly signal: string | null;
  readonly page: PagePlace;
  /** Higher is released earlier. */
  readonly priority: number;
  readonly straight: boolean;
}

export interface PlannedWatermark {
  readonly partition: string;
  readonly unit: 'time' | 'integer';
  readonly floor: string;
}

export interface PlannedFinal {
  readonly partition: string;
  readonly key: string;
  readonly isFinal: boolean;
}

/** What is deleted when a run has read everything. */
export interface PlannedSweep {
  readonly deletions: 'mark' | 'remove';
  /** A larger share of vanished rows deletes nothing. */
  readonly maxDeletedShare: number;
  /** Values of the target's fields, one set for each partition that is read; empty for the whole target. */
  readonly scope: readonly Readonly<Record<string, string>>[];
}

export interface Plan {
  readonly chunks: readonly PlannedChunk[];
  /** Watermarks that must be there before the chunks are loaded. */
  readonly watermarks: readonly PlannedWatermark[];
  /** The least low-water mark of the planned partitions; null without a cursor. */
  readonly watermarkFrom: string | null;
  /** What a list newly says about ids that will not change any more. */
  readonly finals: readonly PlannedFinal[];
  readonly sweep: PlannedSweep | null;
}

/** One chunk of one partition, before it has its place in the run. */
export interface ChunkDraft {
  readonly cursor: Window | null;
  readonly items: readonly string[];
  readonly signal: string | null;
  readonly windows: readonly Window[];
  /** Higher is wanted earlier; its place among the drafts of its partition when absent. */
  readonly priority?: number;
}

export const emptyState: PartitionState = { floor: null, covered: [], items: new Map() };
