import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findDebianMirror } from './debian-mirror.ts';

const run = promisify(execFile);
const DEADLINE_MS = 180_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface DebianPackage {
  readonly name: string;
  /** A suite of Debian, such as `trixie`; what this machine is set up for when absent. */
  readonly suite?: string | undefined;
}

/**
 * Fetches a package of Debian or Ubuntu with apt-get and unpacks it below an empty folder, as any user and without
 * installing it; apt's own lists and sources are not touched. Resolves with the folder that stands for `/`.
 */
export async function unpackPackage(wanted: DebianPackage, folder: string): Promise<string> {
  for (const name of ['lists/partial', 'archives/partial', 'tmp']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  // What is installed here has no say in which version is the one to fetch.
  writeFileSync(join(folder, 'status'), '');
  const settings = [
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::State::status=${join(folder, 'status')}`,
    `Dir::Cache=${join(folder, 'archives')}`,
    // The user that apt drops to may not write into our folders.
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ...(wanted.suite === undefined ? [] : onlyFrom(wanted.suite, folder)),
  ];
  const flags = settings.flatMap((setting) => ['-o', setting]);
  const options = {
    cwd: folder,
    timeout: DEADLINE_MS,
    env: { ...process.env, TMPDIR: join(folder, 'tmp') },
  };
  await run('apt-get', [...flags, 'update'], options);
  await run('apt-get', [...flags, 'download', wanted.name], options);

  const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error('apt-get said nothing, but left no package');
  const root = join(folder, 'unpacked');
  await run('dpkg', ['-x', join(folder, file), root], { timeout: DEADLINE_MS });
  return root;
}

/** Debian's own archive, whose packages its keyring vouches for, and no other one. */
function onlyFrom(suite: string, folder: string): string[] {
  const list = join(folder, 'sources.list');
  writeFileSync(list, `deb [signed-by=${KEYRING}] ${findDebianMirror()} ${suite} main\n`);
  return [`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=-'];
}
