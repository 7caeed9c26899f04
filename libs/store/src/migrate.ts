import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

const folder = fileURLToPath(new URL('../migrations', import.meta.url));

/** Brings the schema `tidemark` of a database up to date; safe to call from several processes at once. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
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
}
