import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { checkAddress } from './check-address.ts';

const folder = fileURLToPath(new URL('../migrations', import.meta.url));
const grantsFile = new URL('../grants.sql', import.meta.url);

/**
 * Brings the schema `tidemark` of a database up to date, and says who may do what with it; safe to call from several
 * processes at once. Where the schema has an owner of its own, whoever calls has to be a member of that role.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  checkAddress(databaseUrl);
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'tidemark-migrations',
  });
  // A connection that breaks is told by the query that it breaks; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await bringUpToDate(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function bringUpToDate(client: pg.Client): Promise<void> {
  try {
    await actAsOwner(client);
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsSchema: 'tidemark',
      migrationsTable: 'migrations',
      createMigrationsSchema: true,
      schema: 'tidemark',
      createSchema: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
    await grant(client);
  } catch (error) {
    // The runner may tell in words alone what went wrong. A connection that broke is told by its next query.
    await client.query('rollback');
    throw error;
  }
}

/** What is made belongs to who owns the schema already, if it is there. */
async function actAsOwner(client: pg.Client): Promise<void> {
  await client.query(
    `select set_config('role', pg_get_userbyid(nspowner), false) from pg_namespace where nspname = 'tidemark'`,
  );
}

async function grant(client: pg.Client): Promise<void> {
  const grants = await readFile(grantsFile, 'utf8');
  await client.query('begin');
  await client.query(`select pg_advisory_xact_lock(hashtextextended('tidemark.grants', 0))`);
  await client.query(grants);
  await client.query('commit');
}
