import { rm, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import {
  freshDatabase,
  freshPostgres,
  otherAuthority,
  testAuthority,
  testServerCertificate,
  testServerKey,
  type PostgresServer,
} from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Store, whyUnreachable } from '../src/index.ts';
import { migrate } from '../src/migrate.ts';

let server: PostgresServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-tls-'));
  await writeFile(join(folder, 'ca.pem'), testAuthority);
  await writeFile(join(folder, 'other.pem'), otherAuthority);
  server = await freshPostgres({
    tls: { certificate: testServerCertificate, key: testServerKey },
  });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function urlWith(parameters: Readonly<Record<string, string>>, host = 'localhost'): string {
  const url = new URL(server.url);
  url.hostname = host;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const trusting = (file: string, host?: string): string =>
  urlWith({ sslmode: 'verify-full', sslrootcert: join(folder, file) }, host);

/** Why a store cannot be worked with; nothing when it can. */
async function problemOf(url: string): Promise<string | undefined> {
  await using store = new Store({ url, name: 'tls', maxConnections: 1 });
  return await store.with((db) => db.query('select 1')).then(() => undefined, whyUnreachable);
}

test('where a certificate is asked for, everything that is said is encrypted', async () => {
  await migrate(trusting('ca.pem'));
  await using store = new Store({ url: trusting('ca.pem'), name: 'tls', maxConnections: 1 });
  const { rows } = await store.with((db) =>
    db.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()'),
  );
  expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }]);
});

test.each([
  ['of another authority', () => trusting('other.pem'), /certificate/],
  [
    'without the authority that signed it',
    () => urlWith({ sslmode: 'verify-full' }),
    /certificate/,
  ],
  ['for another host', () => trusting('ca.pem', '127.0.0.1'), /altnames|Hostname/],
])('a certificate %s is refused, with the reason', async (_, url, says) => {
  const problem = await problemOf(url());

  expect(problem).toMatch(/^no safe connection to PostgreSQL: /);
  expect(problem).toMatch(says);
  expect(problem).toContain('sslrootcert in DATABASE_URL');
  await expect(migrate(url())).rejects.toThrow();
});

test('a server that knows no TLS is not spoken to in the open', async () => {
  await using plain = await freshDatabase();

  const problem = await problemOf(`${plain.url}?sslmode=verify-full`);

  expect(problem).toContain('does not support SSL');
});

test.each([
  ['names a file that is not there', () => trusting('gone.pem'), /names the file .*gone\.pem/],
  ['is none', () => 'postgres://user:hunter2@[half/db', /it is no address/],
])('an address that %s is a setting to correct, and is not repeated', (_, url, says) => {
  const open = (): Store => new Store({ url: url(), name: 'tls', maxConnections: 1 });

  expect(open).toThrow(TerminalError);
  expect(open).toThrow(says);
  expect(open).not.toThrow(/hunter2|postgres:\/\/tidemark/);
});

test('a wrong password is told as what it is, without it', async () => {
  const url = new URL(server.url);
  url.password = 'hunter2';

  const problem = await problemOf(url.href);

  expect(problem).toMatch(/SQLSTATE 28P01.*"tidemark"/);
  expect(problem).not.toContain('hunter2');
});
