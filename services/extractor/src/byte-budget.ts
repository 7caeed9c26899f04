/** A share of the bytes that may be in memory as parsed pages; given back when it is disposed. */
export type ByteShare = Disposable;

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** Limits what all lanes hold together; a single page larger than the whole is let in alone. First come, first served. */
export class ByteBudget {
  readonly #totalBytes: number;
  readonly #waiting = new Set<Waiting>();
  #usedBytes = 0;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  /** Resolves when the bytes are free; rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<ByteShare> {
    signal.throwIfAborted();
    if (this.#waiting.size > 0 || !this.#fits(bytes)) await this.#wait(bytes, signal);
    else this.#usedBytes += bytes;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#usedBytes -= bytes;
        this.#admitWaiting();
      },
    };
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
        this.#admitWaiting();
      };
      const admit = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const waiting: Waiting = { bytes, admit };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #admitWaiting(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.bytes)) return;
      this.#waiting.delete(waiting);
      this.#usedBytes += waiting.bytes;
      waiting.admit();
    }
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#totalBytes;
  }
}
