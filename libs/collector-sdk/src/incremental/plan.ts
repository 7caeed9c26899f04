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
}

export interface PlanInput {
  readonly definition: Definition;
  readonly request: PlanRequest;
  /** By partition key; a partition that is not in it has never been run. */
  readonly states: ReadonlyMap<string, PartitionState>;
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

export interface Plan {
  readonly chunks: readonly PlannedChunk[];
  /** Watermarks that must be there before the chunks are loaded. */
  readonly watermarks: readonly PlannedWatermark[];
  /** The least low-water mark of the planned partitions; null without a cursor. */
  readonly watermarkFrom: string | null;
}

/** One chunk of one partition, before it has its place in the run. */
export interface ChunkDraft {
  readonly cursor: Window | null;
  readonly items: readonly string[];
  readonly signal: string | null;
  readonly windows: readonly Window[];
}

export const emptyState: PartitionState = { floor: null, covered: [], items: new Map() };
