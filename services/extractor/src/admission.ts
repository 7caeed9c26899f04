import type { PageTask } from '@tidemark/contracts';
import { sleep, TransientError } from '@tidemark/runtime';
import { admit, type Admission, type AdmittedPage, type Store } from '@tidemark/store';
import type { Budget } from './budgets.ts';
import { PageFailedError } from './page-failed-error.ts';
import type { Booking, PagePatience } from './page-patience.ts';

/** A wait this short is slept in place; a longer one gives the place among the lanes to somebody else. */
export const SLEEP_AT_MOST_MS = 500;
/** A parked page wakes up a little early, to have its place among the lanes again when its slot comes. */
const WAKE_EARLY_MS = 30;

/** The request may be sent now; `askedAtUs` tells PostgreSQL's clock at any moment from here on. */
export interface Admitted {
  readonly verdict: 'go';
  readonly askedAtUs: () => string;
  /** The budget that the request is counted in. */
  readonly budget: Budget | undefined;
}

export type AdmissionResult = Admitted | Exclude<Admission, { verdict: 'go' | 'wait' }>;

export interface AdmissionRequest {
  readonly task: PageTask;
  readonly source: string;
  /** The source's budgets of which one is enough. */
  readonly budgets: readonly Budget[];
  readonly weight: number;
  /** A page that would wait longer for its turn fails. */
  readonly maxWaitMs: number | undefined;
  readonly patience: PagePatience;
}

/**
 * Asks whether a page may be asked for now: the fence and the rate budget in one round trip. A wait of more than a moment
 * is thrown, as a `TransientError` that keeps what is booked for the next run.
 */
export async function awaitAdmission(
  store: Store,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AdmissionResult> {
  const booked = request.patience.takeBooking();
  if (booked) {
    const changed = await lookAgain(store, request, booked);
    if (changed) return changed;
    if (!isTooLate(booked)) return keep(booked, request, signal);
  }
  const booking = await book(store, request);
  if ('verdict' in booking) return booking;
  if (await reachTurn(booking, request, signal)) return taken(booking);
  // Late twice in a row is how busy this machine is: the request is sent all the same.
  const second = await book(store, request);
  return 'verdict' in second ? second : keep(second, request, signal);
}

async function book(store: Store, request: AdmissionRequest): Promise<Booking | AdmissionResult> {
  const askedMs = performance.now();
  const admission = await store.with((db) => admit(db, admitInput(request)));
  if (admission.verdict !== 'go') return endOrWait(admission, request);
  return bookingOf(admission, request, askedMs);
}

/** While a page waited its run may have ended, or the source asked everybody to wait; its slot is lost then. */
async function lookAgain(
  store: Store,
  request: AdmissionRequest,
  booked: Booking,
): Promise<AdmissionResult | undefined> {
  const budgets = booked.budget ? [booked.budget.key] : [];
  const input = { ...admitInput(request), budgets, weight: 0 };
  const admission = await store.with((db) => admit(db, input));
  return admission.verdict === 'go' ? undefined : endOrWait(admission, request);
}

function endOrWait(
  admission: Exclude<Admission, { verdict: 'go' }>,
  request: AdmissionRequest,
): AdmissionResult {
  if (admission.verdict !== 'wait') return admission;
  const { waitMs, freeMs, reason } = admission;
  if (reason === undefined) throw waiting(request, { waitMs, freeMs });
  throw new TransientError('DATABASE_UNAVAILABLE', reason, { retryAfterMs: Math.ceil(waitMs) });
}

function bookingOf(
  admission: AdmittedPage,
  { budgets }: AdmissionRequest,
  askedMs: number,
): Booking {
  const receivedMs = performance.now();
  const { waitMs, bearMs } = admission;
  return {
    dueMs: receivedMs + waitMs,
    // The slot was given at some moment of the round trip: never early is counted from its end, not too late from its begin.
    lateMs: bearMs === null ? Number.POSITIVE_INFINITY : askedMs + waitMs + bearMs,
    askedAtUs: () => later(admission.askedAtUs, performance.now() - receivedMs),
    budget: budgets.find(({ key }) => key === admission.budget),
  };
}

async function keep(
  booking: Booking,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<Admitted> {
  await reachTurn(booking, request, signal);
  return taken(booking);
}

/** Sleeps until a slot is due; false when this process woke up so late that the slot must not be used any more. */
async function reachTurn(
  booking: Booking,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const waitMs = booking.dueMs - performance.now();
  if (waitMs > SLEEP_AT_MOST_MS) {
    const wait = waiting(request, { waitMs: waitMs - WAKE_EARLY_MS, freeMs: waitMs });
    request.patience.book(booking);
    throw wait;
  }
  if (waitMs > 0) await sleep(Math.ceil(waitMs), signal);
  return !isTooLate(booking);
}

function taken({ askedAtUs, budget }: Booking): Admitted {
  return { verdict: 'go', askedAtUs, budget };
}

/** A late request counts against requests a whole window later, so it takes a slot of its own. */
function isTooLate({ lateMs }: Booking): boolean {
  return performance.now() > lateMs;
}

/** How a page waits for its turn with the source; fails the page instead when that takes longer than declared. */
export function waiting(
  { maxWaitMs, patience }: Pick<AdmissionRequest, 'maxWaitMs' | 'patience'>,
  wait: {
    readonly waitMs: number;
    /** When there is a slot as far as is known; the wait itself when it is not told. */
    readonly freeMs?: number;
    readonly code?: ConstructorParameters<typeof TransientError>[0];
    readonly reason?: string;
  },
): TransientError | PageFailedError {
  const { waitMs, freeMs = waitMs, code = 'SOURCE_THROTTLED' } = wait;
  const reason = wait.reason ?? 'the rate budget of the source is used up';
  if (code === 'SOURCE_THROTTLED' && !patience.mayWait(freeMs, maxWaitMs)) {
    const seconds = Math.ceil(freeMs / 1_000);
    const message = `${reason}: the next turn is in ${seconds} s, and a page waits ${maxWaitMs} ms at most`;
    return new PageFailedError('RATE_LIMIT_EXCEEDED', message, {
      payload: undefined,
      askedAtUs: undefined,
    });
  }
  return new TransientError(code, reason, { retryAfterMs: Math.ceil(waitMs) });
}

function admitInput({ task, source, budgets, weight }: AdmissionRequest) {
  const { runId, chunkId, attempt, page } = task;
  const keys = budgets.map(({ key }) => key);
  return { runId, chunkId, attempt, seq: page.seq, source, budgets: keys, weight };
}

function later(micros: string, passedMs: number): string {
  return (BigInt(micros) + BigInt(Math.floor(passedMs * 1_000))).toString();
}
