/** One way in which a source can fail a single request. */
export type Fault =
  /** Answers this status instead of the content; `retryAfter` is sent as it is written. */
  | { kind: 'status'; status: number; retryAfter?: string; body?: string; contentType?: string }
  /** Resets the TCP connection without any answer. */
  | { kind: 'reset' }
  /** Waits, then answers as usual. */
  | { kind: 'stall'; stallMs: number }
  /** Answers 200 with a body that is not what its content type says. */
  | { kind: 'garbage' }
  /** Announces the whole body, sends half of it and closes the connection. */
  | { kind: 'half' };

/** The faults that wait for the next requests, one for each, first planned first served. */
export class FaultPlan {
  #waiting: Fault[] = [];

  plan(fault: Fault, times: number): void {
    for (let i = 0; i < times; i += 1) this.#waiting.push(fault);
  }

  take(): Fault | undefined {
    return this.#waiting.shift();
  }

  clear(): void {
    this.#waiting = [];
  }

  get waitingFaults(): number {
    return this.#waiting.length;
  }
}
