/**
 * How many handlers run at once in this process. Lanes of several consumers share one gate, so a process with many
 * consumers still does a bounded amount of work. Whoever asks first enters first; who must be alone waits until everybody
 * has left, and nobody overtakes it.
 */
export interface Gate {
  /** A place among others; the promise resolves with what gives it back. */
  enter(signal: AbortSignal): Promise<Leave>;
  /** The only place. */
  exclusive(signal: AbortSignal): Promise<Leave>;
  /** Resolves when somebody could enter now. */
  room(signal: AbortSignal): Promise<void>;
}

export type Leave = () => void;

interface Waiter {
  readonly alone: boolean;
  readonly admit: (leave: Leave) => void;
}

/** A gate for that many handlers at once. */
export function createGate(capacity: number): Gate {
  return new FairGate(capacity);
}

class FairGate implements Gate {
  readonly #capacity: number;
  #inside = 0;
  #isExclusive = false;
  readonly #waiting: Waiter[] = [];
  readonly #watching = new Set<() => void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  enter(signal: AbortSignal): Promise<Leave> {
    return this.#wait(false, signal);
  }

  exclusive(signal: AbortSignal): Promise<Leave> {
    return this.#wait(true, signal);
  }

  async room(signal: AbortSignal): Promise<void> {
    while (!this.#hasRoom()) {
      await new Promise<void>((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = (): void => {
          this.#watching.delete(onChange);
          reject(signal.reason as Error);
        };
        const onChange = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.#watching.add(onChange);
      });
    }
  }

  #hasRoom(): boolean {
    return this.#waiting.length === 0 && !this.#isExclusive && this.#inside < this.#capacity;
  }

  #wait(alone: boolean, signal: AbortSignal): Promise<Leave> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
        // Whoever stood behind may enter now.
        this.#advance();
      };
      const waiter: Waiter = {
        alone,
        admit: (leave) => {
          signal.removeEventListener('abort', onAbort);
          resolve(leave);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#advance();
    });
  }

  #advance(): void {
    for (let first = this.#waiting[0]; first && this.#fits(first); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inside += 1;
      this.#isExclusive = first.alone;
      first.admit(this.#leaveOnce());
    }
    if (!this.#hasRoom()) return;
    const watching = [...this.#watching];
    this.#watching.clear();
    for (const onChange of watching) onChange();
  }

  #fits({ alone }: Waiter): boolean {
    if (this.#isExclusive) return false;
    return alone ? this.#inside === 0 : this.#inside < this.#capacity;
  }

  #leaveOnce(): Leave {
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      this.#isExclusive = false;
      this.#advance();
    };
  }
}
