import pg from 'pg';
import { administer, dropDatabase, newDatabaseName, urlOfDatabase } from './template.ts';
import { testServers } from './test-servers.ts';

/** A migrated database that one test, or one file of tests, has for itself. */
export interface FreshDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  /** Opens a pool on it, which is closed when the database is dropped. */
  pool(options?: pg.PoolConfig): pg.Pool;
  /** Closes its pools, ends other connections to it and drops it. */
  drop(): Promise<void>;
}

/** Makes a database from the migrated template of this test run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { adminUrl, template } = testServers();
  const name = newDatabaseName('test');
  const [database, from] = [pg.escapeIdentifier(name), pg.escapeIdentifier(template)];
  await administer(adminUrl, [`create database ${database} template ${from}`]);
  const url = urlOfDatabase(adminUrl, name);
  const pools: pg.Pool[] = [];
  const pool = (options?: pg.PoolConfig): pg.Pool => {
    const opened = new pg.Pool({ connectionString: url, ...options });
    // A server that is killed on purpose ends idle connections; the next query tells of it.
    opened.on('error', () => undefined);
    opened.on('connect', (client) => void client.on('error', () => undefined));
    pools.push(opened);
    return opened;
  };
  const drop = async (): Promise<void> => {
    await Promise.all(pools.filter((opened) => !opened.ended).map(async (opened) => opened.end()));
    await dropDatabase(adminUrl, name);
  };
  return { url, name, pool, drop, [Symbol.asyncDispose]: drop };
}
