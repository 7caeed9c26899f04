/** Runs a piece of work per key, never twice at once; asked for while it runs, it runs once more. */
export class OnceAtATime {
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();

  run(key: string, work: () => Promise<void>): void {
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    const done = work().finally(() => {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.run(key, work);
    });
    this.#running.set(key, done);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }
}
