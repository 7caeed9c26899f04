import { Socket, type LookupFunction } from 'node:net';
import { createGate, type Gate } from '@tidemark/bus';
import { durationToMs, oneStatement, type PostgresSource } from '@tidemark/collector-sdk';
import {
  beginStatement,
  createGuardedLookup,
  readDatabaseAddress,
  type CompiledQuery,
  type Connection,
  type DatabaseAddress,
  type Secrets,
} from '@tidemark/collector-sdk/source';
import pg from 'pg';

interface SourceDatabase {
  readonly pool: pg.Pool;
  /** Who waits for a connection waits here: only the way to the server may time out. */
  readonly gate: Gate;
}

const CONNECT_WITHIN_MS = 10_000;
/** The server ends a statement by itself; one that does not even say so is given up this much later. */
const SILENCE_MS = 5_000;

/**
 * Connections to the databases of sources, opened when a page needs one and closed when none does. All collectors of a
 * source in this process share them. Whatever is asked is asked in a transaction that can only read.
 */
export class SourceDatabases implements AsyncDisposable {
  readonly #secrets: Secrets;
  readonly #lookup: LookupFunction;
  readonly #open = new Map<string, SourceDatabase>();

  constructor(secrets: Secrets, findAddress: LookupFunction = createGuardedLookup()) {
    this.#secrets = secrets;
    this.#lookup = findAddress;
  }

  /** Does the work in a transaction of the query's source; an aborted signal ends it at once. */
  async read<T>(
    query: CompiledQuery,
    signal: AbortSignal,
    work: (db: Connection) => Promise<T>,
  ): Promise<T> {
    const { pool, gate } = this.#databaseOf(query.definition.source);
    const leave = await gate.enter(signal);
    try {
      const client = await connect(pool, signal);
      return await inTransaction(client, beginStatement(query), signal, work);
    } finally {
      leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.values()].map(async ({ pool }) => pool.end()));
  }

  #databaseOf(source: PostgresSource): SourceDatabase {
    const { name, secret, tls, connections, timeout, idleTimeout } = source;
    const key = JSON.stringify([name, secret, tls, connections, timeout, idleTimeout]);
    const known = this.#open.get(key);
    if (known) return known;
    const address = readDatabaseAddress(this.#secrets.mustAddress(secret), tls);
    const pool = openPool(address, source, this.#lookup);
    const opened = { pool, gate: createGate(connections) };
    this.#open.set(key, opened);
    return opened;
  }
}

function openPool(
  { tls, ...address }: DatabaseAddress,
  source: PostgresSource,
  findAddress: LookupFunction,
): pg.Pool {
  const pool = new pg.Pool({
    ...address,
    // By itself the driver would compare the certificate of an IP address with "localhost".
    ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify', host: address.host },
    application_name: 'tidemark-extractor',
    max: source.connections,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idleTimeoutMillis: durationToMs(source.idleTimeout),
    query_timeout: durationToMs(source.timeout) + SILENCE_MS,
    keepAlive: true,
    stream: () => new GuardedSocket(findAddress),
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  // Nor does the pool listen to one that it hands out, or that is given up and not closed yet.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** The driver's own way to connect takes no lookup. */
class GuardedSocket extends Socket {
  readonly #lookup: LookupFunction;

  constructor(findAddress: LookupFunction) {
    super();
    this.#lookup = findAddress;
  }

  override connect(...[port, host]: unknown[]): this {
    return super.connect({ port: Number(port), host: String(host), lookup: this.#lookup });
  }
}

async function connect(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const client = await pool.connect();
  if (!signal.aborted) return client;
  client.release();
  throw signal.reason as Error;
}

async function inTransaction<T>(
  client: pg.PoolClient,
  begin: string,
  signal: AbortSignal,
  work: (db: Connection) => Promise<T>,
): Promise<T> {
  // Releasing with an error closes the connection, and with it what runs on it.
  let isReleased = false;
  const release = (error?: unknown): void => {
    if (!isReleased) client.release(error === undefined ? undefined : true);
    isReleased = true;
  };
  const onAbort = (): void => release(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.query(begin);
    const result = await work({
      query: async (statement) => client.query(oneStatement(statement)),
    });
    await client.query('commit');
    release();
    return result;
  } catch (error) {
    release(error);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
