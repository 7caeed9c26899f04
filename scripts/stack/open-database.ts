import { join } from 'node:path';
import { freePort, startPostgres } from '@tidemark/local';
import { TerminalError, redactText } from '@tidemark/runtime';
import pg from 'pg';
import type { StackFileWriter } from './stack-file-writer.ts';
import type { StackOptions } from './start-stack.ts';

const USUAL_PORT = 5432;
const MARK = 'made anew at each start of the Tidemark demo';

/** Starts a PostgreSQL of our own, or takes the one that is given, and gives the address of the database to use. */
export async function openDatabase(
  options: StackOptions,
  file: StackFileWriter,
  stack: AsyncDisposableStack,
): Promise<string> {
  const url = await findServer(options, file, stack);
  if (options.freshDatabase === undefined) return url;
  await makeAnew(url, options.freshDatabase);
  options.log(`The database ${options.freshDatabase} is made anew.`);
  return urlOf(url, options.freshDatabase);
}

async function findServer(
  { folder, log, given, usesUsualPorts }: StackOptions,
  file: StackFileWriter,
  stack: AsyncDisposableStack,
): Promise<string> {
  if (given.databaseUrl !== undefined) {
    log(`PostgreSQL of DATABASE_URL is used: ${redactText(given.databaseUrl)}.`);
    return given.databaseUrl;
  }
  const dataFolder = join(folder, 'postgres');
  const server = await startPostgres({
    folder: dataFolder,
    log,
    ...(usesUsualPorts ? { port: await freePort(USUAL_PORT) } : {}),
  });
  stack.defer(async () => server.stop());
  file.add('postgres', server.pid);
  log(`PostgreSQL runs on 127.0.0.1:${server.port}, with its data in ${dataFolder}.`);
  return server.url;
}

/** Drops and creates a database, if it is not there or was made by an earlier call. */
async function makeAnew(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const found = await client.query<{ mark: string | null }>(
      `select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1`,
      [name],
    );
    const [database] = found.rows;
    if (database && database.mark !== MARK) {
      throw new TerminalError(
        'SERVERS_MISSING',
        `A database ${name} is there that was not made by an earlier start: rename it, or set DATABASE_URL to another server.`,
      );
    }
    const identifier = pg.escapeIdentifier(name);
    await client.query(`drop database if exists ${identifier} with (force)`);
    await client.query(`create database ${identifier}`);
    await client.query(`comment on database ${identifier} is ${pg.escapeLiteral(MARK)}`);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
