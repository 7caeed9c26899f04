import {
  listPartitions,
  partitionKeys,
  planRun,
  type Definition,
  type PlannedChunk,
} from '@tidemark/collector-sdk';
import type { PageTask, Partition } from '@tidemark/contracts';
import { UsageError } from '../../../../cli-io.ts';

/** Which page of a collector is wanted. */
export interface PageChoice {
  readonly partition: Partition | undefined;
  readonly window: { readonly from?: string; readonly to?: string } | undefined;
  /** Ids of a worklist. */
  readonly ids: readonly string[];
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The first page that a run would ask for first, if nothing were loaded yet. */
export function choosePage(definition: Definition, choice: PageChoice, nowMs: number): PageTask {
  const { incremental } = definition;
  if (incremental.kind === 'worklist' && choice.ids.length === 0) {
    throw new UsageError(
      'The ids of a worklist are in a database that this command does not ask: name some with --id.',
    );
  }
  if (incremental.kind !== 'worklist' && choice.ids.length > 0) {
    throw new UsageError(
      `"${definition.name}" has no worklist (incremental.kind is ${incremental.kind}): --id has nothing to choose from.`,
    );
  }
  const partitions = partitionsOf(definition, choice.partition);
  const { chunks } = planRun({
    definition,
    request: {
      mode: choice.window ? 'full' : 'incremental',
      partition: choice.partition,
      window: choice.window,
    },
    states: new Map(),
    partitions,
    ids: choice.ids.map((id) => ({ id, partition: {}, final: null })),
    nowUs: `${nowMs}000`,
    isTargetEmpty: false,
  });
  const first = chunks.reduce<PlannedChunk | undefined>(
    (best, chunk) => (best && best.priority >= chunk.priority ? best : chunk),
    undefined,
  );
  if (!first) throw new UsageError(`"${definition.name}" would ask for nothing.`);
  return taskOf(definition, first, nowMs);
}

/** Where a database says which partitions there are, the one that is named is taken to be one of them. */
function partitionsOf(definition: Definition, named: Partition | undefined): readonly Partition[] {
  const listed = listPartitions(definition);
  if (listed) return listed;
  const keys = partitionKeys(definition);
  if (named && keys.every((key) => key in named)) return [named];
  throw new UsageError(
    `The partitions of "${definition.name}" are in a database that this command does not ask: name one by ${keys
      .map((key) => `--partition ${key}=…`)
      .join(' ')}.`,
  );
}

function taskOf(definition: Definition, chunk: PlannedChunk, nowMs: number): PageTask {
  return {
    v: 1,
    runId: NOBODY,
    chunkId: chunk.chunkId,
    attempt: 1,
    collector: definition.name,
    runClass: 'live',
    revision: '0'.repeat(16),
    partition: chunk.partition,
    cursor: chunk.cursor,
    items: [...chunk.items],
    signal: null,
    plannedAt: `${nowMs}000`,
    page: chunk.page,
  };
}
