/**
 * The messages that are at work in a process or wait for their turn, whichever consumer and class they are of. One that may
 * end its process is run when it is the only one: the others finish or go back before, since the broker counts a delivery
 * for all that a crash meets, and what was only near each time would look as if it was the cause.
 */
export interface Company {
  /** Enters a message whose turn is to come. */
  take(): Hand;
  /** Resolves when a message may come. */
  room(signal: AbortSignal): Promise<void>;
}

/** A message's place in its company. */
export interface Hand {
  /** Aborts when the message is to go back, unless it is at work. */
  readonly sentAway: AbortSignal;
  /** Sends all others away and resolves, with what ends it, when they are gone; rejects when this one is sent away first. */
  alone(signal: AbortSignal): Promise<() => void>;
  /** Its turn is over. */
  leave(): void;
}

/** An empty company, which all lanes of a process share. */
export function createCompany(): Company {
  return new SharedCompany();
}

class SharedCompany implements Company {
  readonly #hands = new Map<Hand, AbortController>();
  #alone: Hand | undefined;
  readonly #watching = new Set<() => void>();

  take(): Hand {
    const away = new AbortController();
    const hand: Hand = {
      sentAway: away.signal,
      alone: (signal) => this.#leaveAlone(hand, signal),
      leave: () => {
        this.#hands.delete(hand);
        if (this.#alone === hand) this.#alone = undefined;
        this.#tell();
      },
    };
    this.#hands.set(hand, away);
    // It was on its way already.
    if (this.#alone) away.abort(new Error('another message is to be alone'));
    return hand;
  }

  async room(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#alone === undefined, signal);
  }

  async #leaveAlone(hand: Hand, signal: AbortSignal): Promise<() => void> {
    hand.sentAway.throwIfAborted();
    signal.throwIfAborted();
    this.#alone = hand;
    const end = (): void => {
      if (this.#alone === hand) this.#alone = undefined;
      this.#tell();
    };
    for (const [other, away] of this.#hands) {
      if (other !== hand) away.abort(new Error('another message is to be alone'));
    }
    try {
      await this.#until(() => this.#hands.size === 1, signal);
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  async #until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!condition()) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const onAbort = (): void => reject(signal.reason as Error);
      this.#watching.add(resolve);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await promise;
      } finally {
        this.#watching.delete(resolve);
        signal.removeEventListener('abort', onAbort);
      }
    }
  }

  #tell(): void {
    for (const resolve of this.#watching) resolve();
  }
}
