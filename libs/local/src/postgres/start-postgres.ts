import { chownSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import pg from 'pg';
import { freePort } from '../free-port.ts';
import type { Log } from '../log.ts';
import { endStaleServer } from './end-stale-server.ts';
import { findPostgresBinaries, type PostgresVersion } from './find-binaries.ts';
import { initialise, readOrMakePassword } from './initialise.ts';
import { dataHome } from './reachable-folder.ts';
import { findServerUser, type ServerUser } from './server-user.ts';
import { PostgresProcess } from './postgres-process.ts';
import type { PostgresServer } from './postgres-server.ts';

export interface PostgresOptions {
  /** Where the data is kept; a second start on the same folder finds the same data. */
  readonly folder: string;
  /** The port to listen on; a free one if not given. */
  readonly port?: number | undefined;
  readonly version?: PostgresVersion | undefined;
  /** False where the data may be lost with the machine, as in tests; true if not given. */
  readonly fsync?: boolean | undefined;
  /** Further settings of the server, by name. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Takes encrypted connections, too: its certificate and its key, as PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  readonly log: Log;
}

const PORT_TRIES = 3;

/** PostgreSQL wants its key to be its own, and nobody else's to read. */
function writeTlsFiles(
  dataFolder: string,
  { certificate, key }: Required<PostgresOptions>['tls'] & object,
  user: ServerUser | undefined,
): Record<string, string> {
  const files = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' };
  for (const [name, text] of [
    [files.ssl_cert_file, certificate],
    [files.ssl_key_file, key],
  ] as const) {
    const path = join(dataFolder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (user) chownSync(path, user.uid, user.gid);
  }
  return { ssl: 'on', ...files };
}

/** Starts a PostgreSQL on a folder; one that a killed process left running there is ended first. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, log, version = 18 } = options;
  const user = findServerUser();
  const binaries = findPostgresBinaries(version, user, log);
  mkdirSync(folder, { recursive: true });
  const dataFolder = join(realpathSync(dataHome(folder, user, log)), `postgres-${version}`);
  const password = readOrMakePassword(folder);
  await endStaleServer(dataFolder);
  await initialise({ initdb: binaries.initdb, dataFolder, password, user });
  const tls = options.tls ? writeTlsFiles(dataFolder, options.tls, user) : {};
  const server = new PostgresProcess({
    command: binaries.postgres,
    dataFolder,
    logFile: join(folder, `postgres-${version}.log`),
    recordFolder: join(folder, 'processes'),
    password,
    user,
    settings: { ...(options.fsync === false ? withoutFsync : {}), ...tls, ...options.settings },
  });
  await startOnFreePort(server, options.port);
  await makeDatabase(server.urlOf('postgres'));
  return server;
}

// synchronous_commit stays on: without it a killed server loses commits that it has told of.
const withoutFsync = { fsync: 'off', full_page_writes: 'off' };

async function startOnFreePort(server: PostgresProcess, port: number | undefined): Promise<void> {
  // Somebody may take a port between our asking and the server's.
  for (let tried = 1; tried < PORT_TRIES && port === undefined; tried += 1) {
    if (await server.tryStart(await freePort())) return;
  }
  if (await server.tryStart(port ?? (await freePort()))) return;
  throw new TerminalError(
    'SERVERS_MISSING',
    `PostgreSQL did not start on port ${port ?? 'of its own'}; its log tells why: ${server.logFile}`,
  );
}

async function makeDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query(`select 1 from pg_database where datname = 'tidemark'`);
    if (found.rowCount === 0) await client.query('create database tidemark');
  } finally {
    await client.end();
  }
}
