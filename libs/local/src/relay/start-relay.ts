import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The way of bytes through a relay, seen from the client. */
export type RelayDirection = 'toTarget' | 'fromTarget';

export interface RelayOptions {
  readonly targetHost: string;
  readonly targetPort: number;
}

/** What to keep back from its first occurrence on. */
interface Watch {
  readonly direction: RelayDirection;
  readonly texts: readonly string[];
  readonly seen: () => void;
}

const directions = ['toTarget', 'fromTarget'] as const;

/** Opened and closed by the test; bytes of its direction pass only while it is open. */
class Gate {
  #opened = Promise.resolve();
  #open: (() => void) | undefined;

  close(): void {
    if (this.#open !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.#open = resolve;
  }

  open(): void {
    this.#open?.();
    this.#open = undefined;
  }

  async passed(): Promise<void> {
    // It may have been closed again before those who waited went on.
    while (this.#open !== undefined) await this.#opened;
  }
}

/**
 * A TCP relay that makes a network misbehave on demand: it holds bytes back in one or both directions without
 * closing anything, cuts connections, refuses new ones, or delays each piece of data.
 */
export class Relay implements AsyncDisposable {
  /** How long each piece of data is delayed, in both directions. */
  delayMs = 0;
  readonly #target: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #gates = { toTarget: new Gate(), fromTarget: new Gate() };
  readonly #watches = new Set<Watch>();
  #isRefusing = false;

  constructor(target: RelayOptions) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  get port(): number {
    const address = this.#server.address() as AddressInfo | null;
    return address?.port ?? 0;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Starts to listen on a free port of 127.0.0.1. */
  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Keeps bytes back, of one direction or both, until `release`; connections stay open. */
  hold(direction?: RelayDirection): void {
    for (const each of directions)
      if (direction === undefined || each === direction) this.#gates[each].close();
  }

  /**
   * Lets bytes pass until a piece of them contains all the texts, and keeps back that piece and what follows, on all
   * connections, until `release`. Resolves when such a piece has come.
   */
  async holdFrom(direction: RelayDirection, ...texts: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watches.add({ direction, texts, seen: resolve });
    return promise;
  }

  /** Lets everything pass that was held, in its order. */
  release(): void {
    for (const each of directions) this.#gates[each].open();
  }

  /** Resets all connections; bytes that were held are lost. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  /** Whether new connections are reset at once. */
  refuse(isRefusing: boolean): void {
    this.#isRefusing = isRefusing;
  }

  /** Cuts everything and stops listening. */
  async stop(): Promise<void> {
    this.cut();
    this.release();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const { targetHost: host, targetPort: port } = this.#target;
    const target = connect({ host, port, allowHalfOpen: true });
    const pair = [client, target];
    for (const socket of pair) {
      this.#sockets.add(socket.setNoDelay(true));
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        for (const other of pair) if (other !== socket && socket.errored) other.resetAndDestroy();
      });
    }
    void this.#pass(client, target, 'toTarget');
    void this.#pass(target, client, 'fromTarget');
  }

  #holdIfWatched(direction: RelayDirection, piece: Buffer): void {
    for (const watch of this.#watches) {
      if (watch.direction !== direction || !watch.texts.every((text) => piece.includes(text)))
        continue;
      this.#watches.delete(watch);
      this.#gates[direction].close();
      watch.seen();
    }
  }

  async #pass(from: Socket, to: Socket, direction: RelayDirection): Promise<void> {
    try {
      // Not destroyed at its end: the other direction may still be in use.
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        if (this.delayMs > 0) await delay(this.delayMs);
        this.#holdIfWatched(direction, piece as Buffer);
        await this.#gates[direction].passed();
        if (to.destroyed) break;
        if (!to.write(piece)) await once(to, 'drain');
      }
      await this.#gates[direction].passed();
      if (to.destroyed) from.destroy();
      else to.end();
    } catch {
      // A side was cut, so the other one is too.
      from.destroy();
      to.destroy();
    }
  }
}

/** Starts a relay to a server; clients connect to its port instead. */
export async function startRelay(target: RelayOptions): Promise<Relay> {
  const relay = new Relay(target);
  await relay.listen();
  return relay;
}
