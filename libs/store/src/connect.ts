import pg from 'pg';
import { checkAddress } from './check-address.ts';
import { isConnectionError, translateDatabaseError } from './translate-error.ts';

/** A pool or the client of an open transaction: what an operation runs on. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface StoreOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly maxConnections: number;
  /** A frozen process must not hold locks for long: these end its statements. */
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  /** How long a message stays with who is silent: a transaction that idles is ended before another gets its message. */
  readonly ackWaitMs?: number;
  /** How much longer than a statement may run an answer is waited for: a network that drops everything never says so. */
  readonly silenceMs?: number;
}

const STATEMENT_TIMEOUT_MS = 120_000;
const SILENCE_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 20_000;
/**
 * The server looks within half a minute whether who is connected is still there, instead of after hours: while it waits for the
 * rest of a copy no time-out of a statement counts, and a machine that was lost in the middle of one would keep its locks. An
 * address with `options` of its own takes their place.
 */
const NOTICE_DEAD_CLIENTS =
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** A pool of connections to PostgreSQL whose errors are already told apart: wait, or give up. */
export class Store implements AsyncDisposable {
  readonly pool: pg.Pool;

  constructor(options: StoreOptions) {
    checkAddress(options.url);
    const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.name,
      max: options.maxConnections,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      lock_timeout: options.lockTimeoutMs ?? 5_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + (options.silenceMs ?? SILENCE_MS),
      idle_in_transaction_session_timeout: idleInTransactionMs(options.ackWaitMs),
      options: NOTICE_DEAD_CLIENTS,
    });
    // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
    this.pool.on('error', () => undefined);
    // Nor does the pool listen while it hands one out, and whoever gets it does not yet.
    this.pool.on('connect', (client) => void client.on('error', () => undefined));
  }

  /** Runs one operation outside a transaction. */
  async with<T>(operation: (db: Queryable) => Promise<T>): Promise<T> {
    try {
      return await operation(this.pool as Queryable);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** Runs operations in one transaction: all of it is committed, or none. A connection that failed is not used again. */
  async transaction<T>(work: (db: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    try {
      client = await this.pool.connect();
      client.on('error', onError);
      await client.query('begin');
      const result = await work(client);
      await commit(client);
      return result;
    } catch (error) {
      // Who did not answer would not answer this either, and it would be waited for as long again.
      if (isConnectionError(error)) broken = error;
      else
        await client?.query('rollback').catch((failure: Error) => {
          broken = failure;
        });
      throw translateDatabaseError(error);
    } finally {
      client?.off('error', onError);
      client?.release(broken);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
  }
}

function idleInTransactionMs(ackWaitMs: number | undefined): number {
  if (ackWaitMs === undefined) return IDLE_IN_TRANSACTION_MS;
  return Math.min(IDLE_IN_TRANSACTION_MS, Math.ceil((ackWaitMs * 2) / 3));
}

/** A transaction in which a statement failed is rolled back by its commit, which is no error to the server. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command === 'COMMIT') return;
  throw new Error(
    'a statement of the transaction failed, and what ran it went on as if it had not',
  );
}
