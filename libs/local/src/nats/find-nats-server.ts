import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { TerminalError } from '@tidemark/runtime';
import type { Log } from '../log.ts';
import { downloadNatsServer } from './download-nats-server.ts';

const run = promisify(execFile);

export interface NatsSearch {
  /** Where a downloaded program is kept for the next time. */
  readonly cacheFolder: string;
  readonly log: Log;
  /** Folders to look in first; those of the search path if not given. */
  readonly path?: string | undefined;
}

// Debian installs it where only root's search path looks.
const otherFolders = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

const advice =
  'install it (Debian, Ubuntu: apt-get install nats-server; macOS: brew install nats-server), or set NATS_URL to a server of your own with JetStream.';

/**
 * Finds the program nats-server: on the search path, from an earlier download, by a download with apt-get into
 * the cache folder (nothing is installed on the system), or by Homebrew.
 */
export async function findNatsServer(search: NatsSearch): Promise<string> {
  const searchPath = (search.path ?? process.env['PATH'] ?? '').split(delimiter);
  const folders = search.path === undefined ? [...searchPath, ...otherFolders] : searchPath;
  const found = find('nats-server', [...folders, search.cacheFolder]);
  if (found !== undefined) return found;
  const causes: unknown[] = [];
  for (const fetch of [downloadNatsServer, installByHomebrew]) {
    try {
      const binary = await fetch(search);
      if (binary !== undefined) return binary;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new TerminalError(
    'SERVERS_MISSING',
    `nats-server was not found and could not be fetched: ${advice}`,
    {
      cause: causes[0],
    },
  );
}

async function installByHomebrew(search: NatsSearch): Promise<string | undefined> {
  const brew = find('brew', (process.env['PATH'] ?? '').split(delimiter));
  if (brew === undefined) return undefined;
  search.log('nats-server is not installed: installing it with Homebrew.');
  await run(brew, ['install', 'nats-server']);
  const { stdout } = await run(brew, ['--prefix']);
  return find('nats-server', [join(stdout.trim(), 'bin')]);
}

function find(program: string, folders: readonly string[]): string | undefined {
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
