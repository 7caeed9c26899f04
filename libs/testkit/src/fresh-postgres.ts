import { startPostgres, type PostgresOptions, type PostgresServer } from '@tidemark/local';
import { makeServerFolder } from './run-folder.ts';
import { testServers } from './test-servers.ts';

/** What of a PostgreSQL a test may choose. */
export type FreshPostgresOptions = Pick<PostgresOptions, 'version' | 'settings' | 'tls'>;

/** Starts an empty PostgreSQL that one test has for itself: it may stop, kill and restart it. */
export async function freshPostgres(options: FreshPostgresOptions = {}): Promise<PostgresServer> {
  const { runFolder, postgresVersion } = testServers();
  return startPostgres({
    version: postgresVersion,
    ...options,
    folder: makeServerFolder(runFolder, 'postgres'),
    fsync: false,
    log: () => undefined,
  });
}
