import type { Window } from '@tidemark/contracts';
import { isHttp } from '../definition/definition.ts';
import { durationToMicros } from '../duration.ts';
import type { ChunkDraft, PartitionState, PlanInput } from './plan.ts';

/** The key under which a partition keeps what names the last answer. */
const ANSWER_KEY = 'answer';

/**
 * Gives the chunks of a partition what names the last answer to their question, where the definition asks for conditional
 * requests. A partition that is read in several chunks has several answers, of which none is kept; a run that is told to
 * read everything, or that finds its target empty, wants the content whether it has changed or not.
 */
export function planConditions(
  { definition, request, isTargetEmpty }: PlanInput,
  state: PartitionState,
  drafts: readonly ChunkDraft[],
): readonly ChunkDraft[] {
  if (!isHttp(definition) || !definition.request.conditional) return drafts;
  const { round } = definition.request.conditional;
  const isKnown = request.mode === 'incremental' && !isTargetEmpty;
  if (definition.incremental.kind === 'periods') {
    return isKnown
      ? drafts.map((draft) => ({ ...draft, signal: sharedSignal(draft, state) }))
      : drafts;
  }
  const [draft, ...others] = drafts;
  if (!draft || others.length > 0) return drafts;
  const signal = isKnown ? (state.items.get(ANSWER_KEY)?.signal ?? null) : null;
  return [{ ...draft, cursor: rounded(draft.cursor, round, state), items: [ANSWER_KEY], signal }];
}

/** What all periods of a chunk were last read with; null where they were read apart. */
function sharedSignal({ items }: ChunkDraft, state: PartitionState): string | null {
  const signals = new Set(items.map((key) => state.items.get(key)?.signal ?? null));
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
