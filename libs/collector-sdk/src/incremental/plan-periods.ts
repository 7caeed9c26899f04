import { TerminalError } from '@tidemark/runtime';
import type { Periods } from '../definition/periods.ts';
import { durationToMicros } from '../duration.ts';
import { cadenceOf, cadencesOf, isDue } from './cadences.ts';
import { periodAt, periodNamed, periodsBetween } from './period-keys.ts';
import type { ChunkDraft, PartitionState, PlanRequest } from './plan.ts';

interface PeriodsInput {
  readonly incremental: Periods;
  readonly request: PlanRequest;
  readonly state: PartitionState;
  readonly nowUs: string;
}

/** What is done about one period: read it, read it unless the source's signal is still this one, or leave it. */
type Treatment = { readonly signal: string | null } | undefined;

/** The periods that one partition asks for, oldest first: neighbours that are treated alike share a chunk. */
export function planPeriods(input: PeriodsInput): ChunkDraft[] {
  const { incremental, request, nowUs } = input;
  const { unit, zone, from, to, delay } = incremental;
  const newestUs = (BigInt(nowUs) - durationToMicros(delay)).toString();
  const all = periodsBetween(unit, from, to ?? periodAt(unit, newestUs, zone));
  const newerCounts = new Map(all.map((key, place) => [key, all.length - 1 - place]));
  const drafts: { items: string[]; signal: string | null }[] = [];
  let isContiguous = false;
  for (const key of withinWindow(all, incremental, request)) {
    const treatment =
      request.mode === 'incremental'
        ? treat(input, key, newerCounts.get(key) ?? 0)
        : { signal: null };
    const current = drafts.at(-1);
    if (
      treatment &&
      isContiguous &&
      current &&
      current.signal === treatment.signal &&
      current.items.length < incremental.perChunk
    ) {
      current.items.push(key);
    } else if (treatment) {
      drafts.push({ items: [key], signal: treatment.signal });
    }
    isContiguous = treatment !== undefined;
  }
  return drafts.map(({ items, signal }) => ({ cursor: null, items, signal, windows: [] }));
}

function treat(
  { incremental, state, nowUs }: PeriodsInput,
  key: string,
  newerCount: number,
): Treatment {
  const known = state.items.get(key);
  if (!known || known.lastSuccessUs === null) return { signal: null };
  const cadence = cadenceOf(cadencesOf(incremental), newerCount);
  if (cadence && isDue(cadence, known.lastSuccessUs, nowUs)) return { signal: null };
  const canTell = incremental.signal !== undefined && known.signal !== null;
  return canTell ? { signal: known.signal } : undefined;
}

function withinWindow(
  all: readonly string[],
  incremental: Periods,
  { window }: PlanRequest,
): readonly string[] {
  const from = readEnd(incremental, window?.from, 'from');
  const to = readEnd(incremental, window?.to, 'to');
  if (from === undefined && to === undefined) return all;
  if (from !== undefined && to !== undefined && to < from) {
    throw new TerminalError(
      'WINDOW_INVALID',
      `the window ends at ${to}, before it begins at ${from}`,
    );
  }
  const inside = all.filter(
    (key) => (from === undefined || key >= from) && (to === undefined || key <= to),
  );
  if (inside.length > 0) return inside;
  throw new TerminalError(
    'WINDOW_INVALID',
    `no ${incremental.unit} of the collector lies in the window; it has ${all[0] ?? 'none'} to ${all.at(-1) ?? 'none'}`,
  );
}

function readEnd(
  { unit }: Periods,
  text: string | undefined,
  end: 'from' | 'to',
): string | undefined {
  if (text === undefined) return undefined;
  const key = periodNamed(unit, text, end);
  if (key !== undefined) return key;
  throw new TerminalError('WINDOW_INVALID', `window.${end}: "${text}" is not a ${unit} or a date`);
}
