import type { Refusal } from '@tidemark/collector-sdk';
import { backoffMs } from '@tidemark/runtime';

/** A slot of the rate budget that is booked for one request. */
export interface Booking {
  /** When the request may be sent, on this process's monotonic clock. */
  readonly dueMs: number;
  /** PostgreSQL's clock, told at any moment after the booking: µs as digits. */
  readonly askedAtUs: () => string;
}

const LONGEST_MS = 60_000;

/**
 * What is remembered of a page between two tries of it. Waiting happens in the lane, outside its place among the others,
 * so that a slow or broken source holds up no other one; each try is a new run of the handler, and finds here how often
 * the source failed, until when it asked to wait, and what is booked already.
 */
export class PagePatience {
  readonly #random: () => number;
  #failures = 0;
  #throttles = 0;
  #pausedUntilMs = 0;
  #booking: Booking | undefined;

  constructor(random: () => number = Math.random) {
    this.#random = random;
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
    const delayMs = refusal.pauseMs ?? backoffMs(this.#failures + this.#throttles, options);
    this.#pausedUntilMs = performance.now() + delayMs;
    return delayMs;
  }

  /** What is left of the pause that the source, or its failures, asked for. */
  pauseLeftMs(): number {
    return Math.max(0, this.#pausedUntilMs - performance.now());
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
