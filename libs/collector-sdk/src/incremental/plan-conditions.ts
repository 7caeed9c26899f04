import type { Window } from '@tidemark/contracts';
import { isHttp, type Definition } from '../definition/definition.ts';
import { durationToMicros } from '../duration.ts';
import type { ChunkDraft, PartitionState, PlanInput } from './plan.ts';

/** The key under which a partition keeps what names the last answer. */
const ANSWER_KEY = 'answer';

/**
 * Gives the chunks of a partition what names the last answer to their question, where the definition asks for conditional
 * requests. A partition that is read in several chunks has several answers, of which none is kept; a run that is told to
 * read everything, or that finds its target empty, wants the content whether it has changed or not. What a database is
 * asked so are its rows without a cursor, which come with open windows.
 */
export function planConditions(
  { definition, request, isTargetEmpty }: PlanInput,
  state: PartitionState,
  drafts: readonly ChunkDraft[],
): readonly ChunkDraft[] {
  const isKnown = request.mode === 'incremental' && !isTargetEmpty;
  const answer = { items: [ANSWER_KEY], signal: isKnown ? signalOf(state, ANSWER_KEY) : null };
  if (rejectsNulls(definition)) {
    return drafts.map((draft) => (draft.cursor?.to === null ? { ...draft, ...answer } : draft));
  }
  if (!isHttp(definition) || !definition.request.conditional) return drafts;
  const { round } = definition.request.conditional;
  if (definition.incremental.kind === 'periods') {
    return isKnown
      ? drafts.map((draft) => ({ ...draft, signal: sharedSignal(draft, state) }))
      : drafts;
  }
  const [draft, ...others] = drafts;
  if (!draft || others.length > 0) return drafts;
  return [{ ...draft, cursor: rounded(draft.cursor, round, state), ...answer }];
}

/** Whether rows of a database that have no cursor become dead letters. */
function rejectsNulls({ source, incremental }: Definition): boolean {
  if (source.kind !== 'postgres' || incremental.kind !== 'cursor') return false;
  return incremental.nulls === 'reject' || incremental.nulls === 'quarantine';
}

function signalOf({ items }: PartitionState, key: string): string | null {
  return items.get(key)?.signal ?? null;
}

/** What all periods of a chunk were last read with; null where they were read apart. */
function sharedSignal({ items }: ChunkDraft, state: PartitionState): string | null {
  const signals = new Set(items.map((key) => signalOf(state, key)));
  const [signal = null] = signals;
  return signals.size === 1 ? signal : null;
}

/** Begins the window earlier, at a multiple of `round`, so that the next runs ask the same question. */
function rounded(window: Window | null, round: string, { floor }: PartitionState): Window | null {
  const step = durationToMicros(round);
  if (!window?.from || step === 0n) return window;
  const from = BigInt(window.from);
  const begin = from - (((from % step) + step) % step);
  // What lies below the floor was never asked for.
  return { ...window, from: (floor !== null && begin < BigInt(floor) ? from : begin).toString() };
}
