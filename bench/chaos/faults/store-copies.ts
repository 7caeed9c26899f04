import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies of what a dead nats-server has on its disk, and the way back to one of them. */
export class StoreCopies {
  readonly #store: string;
  readonly #copies: string;
  #count = 0;

  /** The folders of the store and of the copies. */
  constructor(store: string, copies: string) {
    this.#store = store;
    this.#copies = copies;
  }

  /** Keeps what is there now, while no server runs on it; the copy before is given up. */
  async take(): Promise<void> {
    this.#count += 1;
    await cp(this.#store, this.#folder(this.#count), { recursive: true });
    await rm(this.#folder(this.#count - 1), { recursive: true, force: true });
  }

  /** Puts the last copy in the place of what is there, while no server runs on it; nothing happens where there is none. */
  async putBack(): Promise<void> {
    if (this.#count === 0) return;
    await rm(this.#store, { recursive: true, force: true });
    await cp(this.#folder(this.#count), this.#store, { recursive: true });
  }

  #folder(count: number): string {
    return join(this.#copies, String(count));
  }
}
