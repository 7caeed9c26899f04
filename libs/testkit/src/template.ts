import { randomBytes } from 'node:crypto';
import { migrate } from '@tidemark/store/migrate';
import pg from 'pg';

/** Runs statements on the database from which others are created, one connection for all of them. */
export async function administer(adminUrl: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A name that no other database has. */
export function newDatabaseName(kind: 'template' | 'test'): string {
  return `tidemark_${kind}_${randomBytes(6).toString('hex')}`;
}

/** The address of another database of the same server. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Makes the migrated database that the tests' databases are copies of, and gives its name. */
export async function makeTemplate(adminUrl: string): Promise<string> {
  const name = newDatabaseName('template');
  await administer(adminUrl, [`create database ${pg.escapeIdentifier(name)} template template0`]);
  await migrate(urlOfDatabase(adminUrl, name));
  return name;
}

/** Drops a database that we have made, whoever is connected to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await administer(adminUrl, [`drop database if exists ${pg.escapeIdentifier(name)} with (force)`]);
}
