import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import type { Log } from '../log.ts';
import { isReachable } from './passable.ts';
import type { ServerUser } from './server-user.ts';

const POINTER = 'data-folder';

/** Gives a temporary folder that the user can reach into. */
export function reachableTemporaryFolder(user: ServerUser): string {
  const found = [tmpdir(), '/tmp', '/var/tmp'].find((path) => isReachable(user, join(path, 'x')));
  if (found !== undefined) return found;
  throw new TerminalError(
    'SERVERS_MISSING',
    `The user that PostgreSQL runs as cannot reach any temporary folder, ${tmpdir()} for one: make it passable (chmod a+x), or set DATABASE_URL.`,
  );
}

/**
 * Gives the folder to keep a server's data in: the wanted one, or, where the server's user cannot reach that, one
 * below the temporary folder. The wanted folder remembers it, so that the next start finds the same data.
 */
export function dataHome(folder: string, user: ServerUser | undefined, log: Log): string {
  mkdirSync(folder, { recursive: true });
  if (user === undefined || isReachable(user, join(folder, 'x'))) return folder;
  const pointer = join(folder, POINTER);
  const remembered = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : '';
  if (remembered !== '' && existsSync(remembered)) return remembered;
  const home = mkdtempSync(join(reachableTemporaryFolder(user), 'tidemark-postgres-'));
  chmodSync(home, 0o755);
  writeFileSync(pointer, `${home}\n`);
  log(`PostgreSQL keeps its data in ${home}: the user it runs as cannot reach ${folder}.`);
  return home;
}
