import type { Refusal } from '@tidemark/collector-sdk/source';
import { backoffMs } from '@tidemark/runtime';
import type { Budget } from './budgets.ts';

/** A slot of the rate budget that is booked for one request. */
export interface Booking {
  /** When the request may be sent, on this process's monotonic clock. */
  readonly dueMs: number;
  /** PostgreSQL's clock, told at any moment after the booking: µs as digits. */
  readonly askedAtUs: () => string;
  readonly budget: Budget | undefined;
  /** From when on it is too late for this slot. */
  readonly lateMs: number;
}

export interface PatienceOptions {
  readonly random?: () => number;
  readonly nowMs?: () => number;
  /** How long the page has waited in a process that was stopped meanwhile. */
  readonly waitedMs?: number | undefined;
}

const LONGEST_MS = 60_000;

/**
 * What is remembered of a page between two tries of it. Waiting happens in the lane, outside its place among the others,
 * so that a slow or broken source holds up no other one; each try is a new run of the handler, and finds here how often
 * the source failed, since when it waits, and what is booked already.
 */
export class PagePatience {
  readonly #random: () => number;
  readonly #nowMs: () => number;
  #failures = 0;
  #throttles = 0;
  #waitingSinceMs: number | undefined;
  #renewals = 0;
  #booking: Booking | undefined;

  constructor(options: PatienceOptions = {}) {
    const { random = Math.random, nowMs = () => performance.now(), waitedMs } = options;
    this.#random = random;
    this.#nowMs = nowMs;
    if (waitedMs !== undefined) this.#waitingSinceMs = nowMs() - Math.max(0, waitedMs);
  }

  /** Takes in a refusal: how long to wait before the next try, or undefined when there is none left. */
  refused(
    refusal: Refusal,
    limits: { attempts: number; retryDelayMs: number },
  ): number | undefined {
    if (refusal.again === 'no') return undefined;
    if (refusal.again === 'uncounted') this.#throttles += 1;
    else this.#failures += 1;
    if (this.#failures >= limits.attempts) return undefined;
    const options = { baseMs: limits.retryDelayMs, maxMs: LONGEST_MS, random: this.#random };
    return refusal.pauseMs ?? backoffMs(this.#failures + this.#throttles, options);
  }

  /** Whether a wait for the source's rate is within its limit, counted from the first such wait of the page. */
  mayWait(waitMs: number, maxWaitMs: number | undefined): boolean {
    this.#waitingSinceMs ??= this.#nowMs();
    return maxWaitMs === undefined || this.#nowMs() + waitMs - this.#waitingSinceMs <= maxWaitMs;
  }

  /**
   * How long to wait before a fresh token is tried; undefined when as many were refused as there are tries. A page that waits
   * may meet the end of more than one, but a source that takes none must not be asked without end.
   */
  renewed(limits: { attempts: number; retryDelayMs: number }): number | undefined {
    this.#renewals += 1;
    if (this.#renewals > limits.attempts) return undefined;
    const options = { baseMs: limits.retryDelayMs, maxMs: LONGEST_MS, random: this.#random };
    return this.#renewals === 1 ? 0 : backoffMs(this.#renewals - 1, options);
  }

  book(booking: Booking): void {
    this.#booking = booking;
  }

  /** The slot that was booked in an earlier run, if there is one; it is used once. */
  takeBooking(): Booking | undefined {
    const booking = this.#booking;
    this.#booking = undefined;
    return booking;
  }
}
