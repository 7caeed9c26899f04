import { TerminalError } from '@tidemark/runtime';
import type { PostgresSource } from '../definition/source.ts';
import { isRefusedAddress } from '../http/guarded-agent.ts';

export type Tls = NonNullable<PostgresSource['tls']>;

/** Where a database is, and as whom it is read. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: Tls;
}

const strictness: readonly Tls[] = ['off', 'require', 'verify'];

const sslModes: Readonly<Record<string, Tls>> = {
  disable: 'off',
  require: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. The stricter of the definition's `tls` and `sslmode` holds;
 * where neither says anything the certificate is verified, unless the database is on this very machine.
 */
export function readDatabaseAddress(url: URL, tls?: Tls): DatabaseAddress {
  if (!/^postgres(ql)?:$/.test(url.protocol)) refuse('it does not begin with postgres://');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const database = decode(url.pathname.slice(1));
  if (host === '' || url.username === '' || database === '' || url.hash !== '') {
    refuse('it has to be postgres://user:password@host:port/database, percent-encoded');
  }
  // The driver would take a path for the socket of a database on this machine.
  if (/[%/]/.test(host)) refuse('it names a file in the place of a host');
  if (isRefusedAddress(host)) refuse(`no source is at ${host}`);
  for (const name of url.searchParams.keys()) {
    if (name !== 'sslmode') refuse(`there is no parameter "${name}", only sslmode`);
  }
  return {
    host,
    port: Number(url.port || '5432'),
    user: decode(url.username),
    password: decode(url.password),
    database,
    tls: strictest(host, url.searchParams.get('sslmode'), tls),
  };
}

function strictest(host: string, sslMode: string | null, tls: Tls | undefined): Tls {
  const demanded = sslMode === null ? undefined : sslModes[sslMode];
  if (sslMode !== null && demanded === undefined) {
    refuse(`sslmode has to be one of ${Object.keys(sslModes).join(', ')}`);
  }
  const rank = (each: Tls | undefined): number => (each ? strictness.indexOf(each) : -1);
  const stricter = rank(demanded) > rank(tls) ? demanded : tls;
  return stricter ?? (isLoopback(host) ? 'off' : 'verify');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('it is not percent-encoded as an address has to be');
  }
}

function refuse(why: string): never {
  throw new TerminalError('CONFIG_INVALID', `the address of the database is not usable: ${why}`);
}
