import { execFileSync } from 'node:child_process';
import { TerminalError } from '@tidemark/runtime';

/** The user that PostgreSQL runs as when we are root, who may not run it. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/** Gives the user to run PostgreSQL as, made if need be; undefined when that is simply who we are. */
export function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = lookUp();
  if (found !== undefined) return found;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', NAME], {
      stdio: 'pipe',
    });
  } catch (error) {
    throw new TerminalError(
      'SERVERS_MISSING',
      `PostgreSQL does not run as root, and a user "${NAME}" could not be made: make it, start as another user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  return lookUp();
}

function lookUp(): ServerUser | undefined {
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function ask(option: '-u' | '-g'): number {
  return Number.parseInt(
    execFileSync('id', [option, NAME], { encoding: 'utf8', stdio: 'pipe' }),
    10,
  );
}
