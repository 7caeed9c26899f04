import { RedeliverLater } from '@tidemark/bus';
import type { PageTask } from '@tidemark/contracts';
import { sleep, TransientError } from '@tidemark/runtime';
import { admit, type Admission, type Store } from '@tidemark/store';
import type { Booking, PagePatience } from './page-patience.ts';

/** A wait this short is slept in place; a longer one gives the place among the lanes to somebody else. */
const SLEEP_AT_MOST_MS = 500;
/** A wait longer than this gives the message back for its whole length. */
const HOLD_AT_MOST_MS = 3_600_000;

/** The request may be sent now; `askedAtUs` tells PostgreSQL's clock at any moment from here on. */
export interface Admitted {
  readonly verdict: 'go';
  readonly askedAtUs: () => string;
}

export type AdmissionResult = Admitted | Exclude<Admission, { verdict: 'go' | 'wait' }>;

export interface AdmissionRequest {
  readonly task: PageTask;
  /** Key of the source's rate budget. */
  readonly budget: string;
  readonly patience: PagePatience;
}

/**
 * Asks whether a page may be asked for now: the fence and the rate budget in one round trip. A wait of more than a moment
 * is thrown, as a `TransientError` that keeps what is booked for the next run, or as `RedeliverLater`.
 */
export async function awaitAdmission(
  store: Store,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AdmissionResult> {
  const booked = request.patience.takeBooking();
  if (booked) return keep(booked, request.patience, signal);
  const pauseMs = request.patience.pauseLeftMs();
  const admission = await store.with((db) => admit(db, admitInput(request, pauseMs)));
  const receivedMs = performance.now();
  switch (admission.verdict) {
    case 'stop':
    case 'recorded':
      return admission;
    case 'wait':
      throw waiting(Math.max(admission.waitMs, pauseMs));
    case 'go': {
      // The source's own pause holds even where nobody declared a budget for it.
      const dueMs = receivedMs + Math.max(admission.waitMs, pauseMs);
      const askedAtUs = (): string => later(admission.askedAtUs, performance.now() - receivedMs);
      return keep({ dueMs, askedAtUs }, request.patience, signal);
    }
  }
}

async function keep(
  booking: Booking,
  patience: PagePatience,
  signal: AbortSignal,
): Promise<Admitted> {
  const waitMs = booking.dueMs - performance.now();
  if (waitMs > SLEEP_AT_MOST_MS) {
    if (waitMs <= HOLD_AT_MOST_MS) patience.book(booking);
    throw waiting(waitMs);
  }
  if (waitMs > 0) await sleep(Math.ceil(waitMs), signal);
  return { verdict: 'go', askedAtUs: booking.askedAtUs };
}

/** How a page waits for its turn with the source. */
export function waiting(
  waitMs: number,
  code: ConstructorParameters<typeof TransientError>[0] = 'SOURCE_THROTTLED',
  reason = 'the rate budget of the source is used up',
): TransientError | RedeliverLater {
  const delayMs = Math.ceil(waitMs);
  if (delayMs > HOLD_AT_MOST_MS) return new RedeliverLater(delayMs, reason);
  return new TransientError(code, reason, { retryAfterMs: delayMs });
}

function admitInput({ task, budget }: AdmissionRequest, pauseMs: number) {
  const { runId, chunkId, attempt, page } = task;
  return { runId, chunkId, attempt, seq: page.seq, budget, weight: 1, pauseMs };
}

function later(micros: string, passedMs: number): string {
  return (BigInt(micros) + BigInt(Math.floor(passedMs * 1_000))).toString();
}
