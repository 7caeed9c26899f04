import { startRelay, type Relay } from '@tidemark/local';
import { replicas, type LineName, type Replica } from '../plan/fault.ts';

interface Address {
  readonly targetHost: string;
  readonly targetPort: number;
}

/** Where the relays lead to. */
export interface Targets {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly shopPort: number;
}

interface OwnLines {
  readonly nats: Relay;
  readonly database: Relay;
}

/** A relay on the way from each replica to each server, and on those to the sources. */
export class Lines implements AsyncDisposable {
  readonly source: Relay;
  readonly ledger: Relay;
  readonly #own: ReadonlyMap<Replica, OwnLines>;

  private constructor(source: Relay, ledger: Relay, own: ReadonlyMap<Replica, OwnLines>) {
    this.source = source;
    this.ledger = ledger;
    this.#own = own;
  }

  static async open(targets: Targets): Promise<Lines> {
    const nats = addressOf(targets.natsUrl);
    const database = addressOf(targets.databaseUrl);
    const own = new Map<Replica, OwnLines>();
    for (const replica of replicas) {
      own.set(replica, { nats: await startRelay(nats), database: await startRelay(database) });
    }
    const shop = { targetHost: '127.0.0.1', targetPort: targets.shopPort };
    return new Lines(await startRelay(shop), await startRelay(database), own);
  }

  ownOf(replica: Replica): OwnLines {
    const lines = this.#own.get(replica);
    if (!lines) throw new Error(`${replica} has no lines`);
    return lines;
  }

  find(name: LineName): Relay {
    if (name === 'source') return this.source;
    if (name === 'ledger') return this.ledger;
    return this.ownOf(name.of)[name.to];
  }

  all(): Relay[] {
    const own = [...this.#own.values()].flatMap(({ nats, database }) => [nats, database]);
    return [...own, this.source, this.ledger];
  }

  /** Every connection works again; those that had bytes held are cut. */
  mend(): void {
    for (const relay of this.all()) {
      relay.refuse(false);
      relay.delayMs = 0;
      relay.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all().map((relay) => relay.stop()));
  }
}

function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { targetHost: hostname, targetPort: Number(port) };
}

/** The same address, by way of a relay. */
export function through(url: string, relay: Relay): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(relay.port);
  return changed.href;
}
