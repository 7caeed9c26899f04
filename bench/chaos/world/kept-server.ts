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

  /** Lets it stand still. */
  async freeze(forMs: number): Promise<void> {
    return this.#next(async () => {
      process.kill(this.#server.pid, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, forMs));
      process.kill(this.#server.pid, 'SIGCONT');
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
