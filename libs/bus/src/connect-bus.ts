import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection, TlsOptions } from '@nats-io/nats-core';
import type { Logger } from '@tidemark/runtime';
import { openConnection } from './open-connection.ts';
import { whileAway } from './while-away.ts';

export interface BusOptions {
  /** One address or several with commas; user and password may stand in it. */
  readonly url: string;
  /** Shown by the server among its connections. */
  readonly name: string;
  readonly logger: Logger;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Makes TLS a condition, as the scheme `tls` does. */
  readonly tls?: TlsOptions | undefined;
  /** Ends the wait for a server that is not there yet. */
  readonly signal?: AbortSignal | undefined;
}

/** How long one question to JetStream may take before it counts as unanswered. */
const API_TIMEOUT_MS = 5_000;
/** A drain that takes longer has nobody to talk to. */
const DRAIN_WITHIN_MS = 2_000;

/** A connection to NATS that waits for its server, at the start and after every loss. */
export class Bus implements AsyncDisposable {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** The server's JetStream API level; 0 for servers that do not tell one. Newer features stand behind it. */
  readonly level: number;
  readonly logger: Logger;
  /** Resolves when the connection is closed for good. */
  readonly closed: Promise<void>;
  #connected = true;
  readonly #onReconnect = new Set<() => void>();

  constructor(nc: NatsConnection, jsm: JetStreamManager, level: number, logger: Logger) {
    this.nc = nc;
    this.js = jetstream(nc, { timeout: API_TIMEOUT_MS });
    this.jsm = jsm;
    this.level = level;
    this.logger = logger;
    this.closed = nc.closed().then(() => undefined);
    void this.#watch();
  }

  /** Whether the server can be reached now, as far as is known. */
  isConnected(): boolean {
    return this.#connected && !this.nc.isClosed();
  }

  /** Calls the listener after every lost connection that came back, until the returned function is called. */
  onReconnect(listener: () => void): () => void {
    this.#onReconnect.add(listener);
    return () => this.#onReconnect.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.nc.isClosed()) return;
    const timer = setTimeout(() => void this.nc.close(), DRAIN_WITHIN_MS);
    // What was written last (acks) still leaves; without a server there is nothing to drain.
    await (this.#connected ? this.nc.drain() : this.nc.close()).catch(() => this.nc.close());
    clearTimeout(timer);
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === 'disconnect' && this.#connected) {
        this.#connected = false;
        this.logger.warn('NATS is away; it is waited for');
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        this.logger.info('NATS is back');
        for (const listener of this.#onReconnect) listener();
      }
    }
  }
}

/** Connects to NATS, waiting for a server that is not there yet, and asks what its JetStream can do. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const nc = await openConnection(options);
  try {
    const jsm = await jetstreamManager(nc, { timeout: API_TIMEOUT_MS, checkAPI: false });
    const account = await whileAway(() => jsm.getAccountInfo(), {
      what: 'JetStream',
      logger: options.logger,
      signal: options.signal,
    });
    return new Bus(nc, jsm, account.api.level ?? 0, options.logger);
  } catch (error) {
    await nc.close();
    throw error;
  }
}
