import type { PlanReport } from '@tidemark/contracts';
import { showCount, showCounted, showDuration, showInstant } from './show.ts';
import { table } from './table.ts';

const MOST_SHOWN = 20;
const MOST_ITEMS = 5;

/** A plan for people: its first chunks, and what all of it is expected to need. */
export function printPlan(plan: PlanReport): string {
  const shown = plan.chunks.slice(0, MOST_SHOWN);
  const more = plan.chunks_planned - shown.length;
  return [
    ...(shown.length > 0 ? [chunksTable(shown)] : []),
    ...(more > 0 ? [`and ${showCounted(more, 'chunk')} more; --json lists them`] : []),
    ...(shown.length > 0 ? [''] : []),
    `${plan.collector_name}, ${plan.mode}: ${showCounted(plan.chunks_planned, 'chunk')}, ${expected(plan)}`,
    'Nothing was started, and the source was asked for nothing.',
  ].join('\n');
}

function expected({
  requests,
  runs_compared: runs,
  seconds,
  quota,
  chunks_planned,
}: PlanReport): string {
  if (chunks_planned === 0) return 'nothing to ask for.';
  const basis =
    runs === 0
      ? 'at least, since no run of this mode has ended yet'
      : `as ${showCounted(runs, 'earlier run')} needed`;
  return [
    `about ${showCounted(requests, 'request')} (${basis})`,
    ...(quota
      ? [`${share(quota)} of the ${showCount(quota.requests)} requests in ${quota.per}`]
      : []),
    ...(seconds === null ? [] : [`about ${showDuration(seconds)}`]),
  ]
    .join(', ')
    .concat('.');
}

function share({ periods }: NonNullable<PlanReport['quota']>): string {
  return periods <= 1 ? `${Math.ceil(periods * 100)} %` : `${periods.toFixed(1)} times`;
}

function chunksTable(chunks: PlanReport['chunks']): string {
  return table(
    [' chunk', 'partition', 'from', 'to', 'asks for'],
    chunks.map((chunk) => [
      String(chunk.chunk_id),
      chunk.partition,
      showInstant(chunk.from),
      showInstant(chunk.to),
      items(chunk.items),
    ]),
  );
}

function items(keys: readonly string[]): string {
  if (keys.length <= MOST_ITEMS) return keys.join(', ') || '–';
  return `${keys.slice(0, 2).join(', ')} … ${keys.at(-1)} (${showCount(keys.length)})`;
}
