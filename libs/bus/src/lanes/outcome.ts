import { backoffMs, TerminalError, TransientError } from '@tidemark/runtime';

export type Outcome =
  /** Done: the message is removed. */
  | { readonly kind: 'ack' }
  /** We stop: somebody else takes it at once. */
  | { readonly kind: 'release' }
  /** Held here, and run again after that long; nothing is counted. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly error: TransientError }
  /** It fails for good: it travels on as an ending. */
  | { readonly kind: 'end'; readonly error: TerminalError }
  /** A mistake of the program: delivered again, so that it counts. */
  | { readonly kind: 'again'; readonly delayMs: number; readonly error: unknown };

export interface Situation {
  /** Whether the handler ran, or what sends the message on as an ending. */
  readonly phase: 'handling' | 'ending';
  /** How often it was run since this delivery, from 1. */
  readonly attempt: number;
  readonly deliveries: number;
  readonly isStopping: boolean;
  readonly random?: () => number;
}

/** What the error of one run of a handler means for its message; the only place that decides it. */
export function outcomeOf(error: unknown, situation: Situation): Outcome {
  const { phase, attempt, deliveries, isStopping, random = Math.random } = situation;
  const isWaiting = error instanceof TransientError || isAbort(error);
  if (isStopping && isWaiting) return { kind: 'release' };
  if (error instanceof TransientError) {
    const delayMs = error.retryAfterMs ?? backoffMs(attempt, { random });
    return { kind: 'wait', delayMs, error };
  }
  if (error instanceof TerminalError && phase === 'handling') return { kind: 'end', error };
  return { kind: 'again', delayMs: backoffMs(deliveries, { random }), error };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
