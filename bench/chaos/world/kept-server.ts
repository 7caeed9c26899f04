import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from './children-of.ts';

/** What nats-server and PostgreSQL have in common. */
export interface Killable {
  kill(): Promise<void>;
  restart(): Promise<void>;
  readonly pid: number;
}

/** A server that is started again as soon as it was killed; whoever does something to it next waits until it is there. */
export class KeptServer {
  readonly #server: Killable;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(server: Killable) {
    this.#server = server;
  }

  /** Does something with its data between kill and start; resolves when the server is there again. */
  async kill(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    return this.#next(async () => {
      await this.#server.kill();
      await meanwhile();
      await this.#server.restart();
    });
  }

  /** Lets it stand still, with all that it has started: PostgreSQL has a process for each connection. */
  async freeze(forMs: number): Promise<void> {
    return this.#next(async () => {
      const { pid } = this.#server;
      // First the one that starts others.
      process.kill(pid, 'SIGSTOP');
      const frozen = [pid, ...childrenOf(pid)];
      for (const each of frozen.slice(1)) signal(each, 'SIGSTOP');
      await delay(forMs);
      for (const each of frozen.toReversed()) signal(each, 'SIGCONT');
    });
  }

  /** Lets what is being done to it end; from then on nothing is done to it any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => (this.#isClosed ? undefined : work()));
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** One that has ended needs no signal any more. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
