import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../log.ts';
import { findDebianMirror } from './debian-mirror.ts';

const run = promisify(execFile);
const DEADLINE_MS = 180_000;

export interface Download {
  readonly cacheFolder: string;
  readonly log: Log;
  /** A suite of Debian, such as `trixie`; what this machine is set up for when absent. */
  readonly suite?: string | undefined;
}

/**
 * Fetches Debian's or Ubuntu's nats-server into the cache folder, as any user and without installing it: the
 * package would start a system service. Undefined where there is no apt-get. Several processes may do so at once:
 * each works in a folder of its own, and the program appears in one step.
 */
export async function downloadNatsServer(download: Download): Promise<string | undefined> {
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  const from = download.suite === undefined ? '' : ` from Debian's ${download.suite}`;
  download.log(`Fetching nats-server${from} with apt-get, for this project only.`);
  const cacheFolder = resolve(download.cacheFolder);
  mkdirSync(cacheFolder, { recursive: true });
  const draft = mkdtempSync(join(cacheFolder, 'download-'));
  try {
    await fetchPackage(draft, download.suite);
    const unpacked = join(draft, 'unpacked');
    await run('dpkg', ['-x', join(draft, packageFile(draft)), unpacked], { timeout: DEADLINE_MS });
    const binary = join(cacheFolder, 'nats-server');
    renameSync(join(unpacked, 'usr', 'sbin', 'nats-server'), binary);
    return binary;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchPackage(draft: string, suite: string | undefined): Promise<void> {
  for (const folder of ['lists/partial', 'archives/partial', 'tmp']) {
    mkdirSync(join(draft, folder), { recursive: true });
  }
  const isRoot = process.getuid?.() === 0;
  const privately = [
    ['-o', `Dir::State::lists=${join(draft, 'lists')}`],
    ['-o', `Dir::Cache=${join(draft, 'archives')}`],
    // The user that apt drops to may not write into our folders.
    isRoot ? ['-o', 'APT::Sandbox::User=root'] : [],
    suite === undefined ? [] : onlyFrom(suite, draft),
  ].flat();
  const options = {
    cwd: draft,
    timeout: DEADLINE_MS,
    env: { ...process.env, TMPDIR: join(draft, 'tmp') },
  };
  await run('apt-get', [...privately, 'update'], options);
  await run('apt-get', [...privately, 'download', 'nats-server'], options);
}

/** Debian's own archive, whose packages its keyring vouches for, and no other one. */
function onlyFrom(suite: string, draft: string): string[] {
  const list = join(draft, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${keyring}] ${findDebianMirror()} ${suite} main\n`);
  return ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-'];
}

function packageFile(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new Error('apt-get said nothing, but left no package');
  return name;
}
