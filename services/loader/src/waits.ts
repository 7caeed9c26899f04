import { TransientError } from '@tidemark/runtime';
import { forgetWait, noteWait, type Store } from '@tidemark/store';
import { logger } from './logger.ts';

/** A wait that lasts is told of again this often, so that people see that it does. */
const TELL_AGAIN_MS = 10_000;

/** Tells in PostgreSQL which collectors' batches wait, and for what, so that people see more than a run that stands still. */
export class Waits {
  readonly #store: Store;
  /** When each collector's wait was told of last, by a clock that only goes forward. */
  readonly #toldAt = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** A batch could not be loaded; what is no wait is not told of. */
  async began(collector: string, error: unknown): Promise<void> {
    if (!(error instanceof TransientError)) return;
    const now = performance.now();
    const toldAt = this.#toldAt.get(collector);
    if (toldAt !== undefined && now - toldAt < TELL_AGAIN_MS) return;
    this.#toldAt.set(collector, now);
    const wait = { collector, code: error.code, reason: error.message };
    await this.#tell(
      collector,
      this.#store.with((db) => noteWait(db, wait)),
    );
  }

  /** A batch was loaded, which forgets the wait of its collector, whoever has told it. */
  ended(collector: string): void {
    this.#toldAt.delete(collector);
  }

  /** A batch belongs to nothing that is open any more: if others of its collector wait, they tell it again. */
  async givenUp(collector: string): Promise<void> {
    this.#toldAt.delete(collector);
    await this.#tell(
      collector,
      this.#store.with((db) => forgetWait(db, collector)),
    );
  }

  /** What PostgreSQL cannot be told does not matter: the log has it, and a wait that is told of no more is over. */
  async #tell(collector: string, telling: Promise<void>): Promise<void> {
    await telling.catch((error: unknown) => {
      logger.debug({ collector, err: error }, 'a wait could not be told of');
    });
  }
}
