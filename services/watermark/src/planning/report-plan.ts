import {
  digitsToCursor,
  durationToMicros,
  partitionKey,
  type Definition,
  type Plan,
  type PlannedChunk,
} from '@tidemark/collector-sdk';
import type { PlanReport } from '@tidemark/contracts';
import type { PageHistory } from '@tidemark/store';
import type { QueuedCommand } from '../commands/queued-command.ts';

/** More chunks than this are counted, not listed. */
const MOST_LISTED = 1_000;

export interface PlanToReport {
  readonly plan: Plan;
  readonly definition: Definition;
  readonly command: Pick<QueuedCommand, 'mode' | 'maxChunks'>;
  readonly history: PageHistory | undefined;
}

/** A plan as people want to see it: what would be asked for, in the order of asking, and what that would cost. */
export function reportPlan({ plan, definition, command, history }: PlanToReport): PlanReport {
  const chunks = plan.chunks
    .toSorted((a, b) => b.priority - a.priority || a.chunkId - b.chunkId)
    .slice(0, command.maxChunks);
  const requests = Math.ceil(chunks.length * Math.max(1, history?.pagesPerChunk ?? 1));
  const quota = quotaOf(definition, requests);
  return {
    collector_name: definition.name,
    mode: command.mode,
    watermark_from: shown(definition, plan.watermarkFrom),
    chunks_planned: chunks.length,
    chunks: chunks.slice(0, MOST_LISTED).map((chunk) => reportChunk(definition, chunk)),
    requests,
    runs_compared: history?.runs ?? 0,
    seconds: secondsOf(requests, history, quota),
    quota: quota && { requests: quota.requests, per: quota.per, periods: quota.periods },
  };
}

function reportChunk(definition: Definition, chunk: PlannedChunk): PlanReport['chunks'][number] {
  return {
    chunk_id: chunk.chunkId,
    partition: partitionKey(chunk.partition),
    from: shown(definition, chunk.cursor?.from ?? null),
    to: shown(definition, chunk.cursor?.to ?? null),
    items: [...chunk.items],
  };
}

function shown({ incremental }: Definition, digits: string | null): string | null {
  if (digits === null || incremental.kind !== 'cursor') return digits;
  return digitsToCursor(digits, incremental.unit);
}

interface Quota {
  readonly requests: number;
  readonly per: string;
  readonly periods: number;
  readonly seconds: number;
}

function quotaOf({ source }: Definition, needed: number): Quota | null {
  const { requests, per } = source.rate ?? {};
  if (requests === undefined || per === undefined) return null;
  const periods = needed / requests;
  return { requests, per, periods, seconds: (periods * Number(durationToMicros(per))) / 1e6 };
}

/** The slower of what earlier runs show and what the rate allows. */
function secondsOf(
  requests: number,
  history: PageHistory | undefined,
  quota: Quota | null,
): number | null {
  const told = [history && requests * history.secondsPerPage, quota?.seconds];
  const known = told.filter((seconds) => seconds !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
