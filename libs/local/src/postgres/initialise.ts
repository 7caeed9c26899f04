import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerUser } from './server-user.ts';

const run = promisify(execFile);

export interface Cluster {
  readonly initdb: string;
  readonly dataFolder: string;
  readonly password: string;
  readonly user: ServerUser | undefined;
}

/** Gives the password of the servers below a folder: made once, readable by its owner only. */
export function readOrMakePassword(folder: string): string {
  const file = join(folder, 'password');
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** Makes the data folder of a new server, whole or not at all; an existing one is left as it is. */
export async function initialise(cluster: Cluster): Promise<void> {
  if (existsSync(join(cluster.dataFolder, 'PG_VERSION'))) return;
  rmSync(cluster.dataFolder, { recursive: true, force: true });
  const draft = mkdtempSync(`${cluster.dataFolder}-new-`);
  const passwordFile = join(draft, 'password');
  const data = join(draft, 'data');
  try {
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
    giveTo(cluster.user, [draft, data, passwordFile]);
    await run(cluster.initdb, initdbArgs(data, passwordFile), { ...cluster.user, cwd: draft });
    renameSync(data, cluster.dataFolder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function giveTo(user: ServerUser | undefined, paths: readonly string[]): void {
  if (user === undefined) return;
  for (const path of paths) chownSync(path, user.uid, user.gid);
}

function initdbArgs(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    '--username=tidemark',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
}
