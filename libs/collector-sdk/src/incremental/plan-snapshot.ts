import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Definition } from '../definition/definition.ts';
import type { ChunkDraft, PlanInput, PlannedSweep, PlanRequest } from './plan.ts';

/** The one chunk of a partition that is read whole. */
export function planWhole(definition: Definition, request: PlanRequest): ChunkDraft[] {
  if (request.window?.from !== undefined || request.window?.to !== undefined) {
    throw new TerminalError(
      'WINDOW_INVALID',
      `"${definition.name}" reads everything each time, so it has no window`,
    );
  }
  return [{ cursor: null, items: [], signal: null, windows: [] }];
}

/**
 * What is to be deleted when a run has read everything; null where that cannot be told. A run that leaves partitions out,
 * or that is there for something else, sees too little; in an empty target nothing can have vanished.
 */
export function planSweep(
  { definition, request, isTargetEmpty }: PlanInput,
  partitions: readonly Partition[],
): PlannedSweep | null {
  const { incremental } = definition;
  if (incremental.kind !== 'snapshot' || incremental.deletions === 'ignore') return null;
  const isWhole = Object.keys(request.partition ?? {}).length === 0 && partitions.length > 0;
  const isRegular = request.mode === 'incremental' || request.mode === 'full';
  if (!isWhole || !isRegular || isTargetEmpty) return null;
  const fields = Object.entries(incremental.scope ?? {});
  return {
    deletions: incremental.deletions,
    maxDeletedShare: incremental.maxDeletedShare,
    scope:
      fields.length === 0
        ? []
        : partitions.map((partition) =>
            Object.fromEntries(fields.map(([key, field]) => [field, String(partition[key])])),
          ),
  };
}
