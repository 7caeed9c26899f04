/** The primary rate limit: so many requests in each hour, counted from the first one. */
export class Quota {
  readonly #limit: number;
  readonly #clock: () => number;
  #used = 0;
  #resetMs = 0;

  constructor(limit: number, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Counts a request; false when none is left. */
  take(): boolean {
    const nowMs = this.#clock();
    if (nowMs >= this.#resetMs) {
      this.#used = 0;
      this.#resetMs = nowMs + 3_600_000;
    }
    if (this.#used >= this.#limit) return false;
    this.#used += 1;
    return true;
  }

  /** Gives a request back: an unchanged answer counts nothing. */
  giveBack(): void {
    this.#used -= 1;
  }

  get used(): number {
    return this.#used;
  }

  /** `reset` in whole seconds since 1970, as the real API writes it. */
  headers(): Record<string, string> {
    return {
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': String(this.#limit - this.#used),
      'x-ratelimit-used': String(this.#used),
      'x-ratelimit-reset': String(Math.ceil(this.#resetMs / 1_000)),
      'x-ratelimit-resource': 'core',
    };
  }
}
