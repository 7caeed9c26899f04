import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findDebianMirror } from '@tidemark/local';

const run = promisify(execFile);
const DEADLINE_MS = 180_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Fetches kubectl of Debian 13 to a path, as any user and without installing it; apt's own lists and sources are not touched. */
export async function downloadKubectl(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const draft = mkdtempSync(join(dirname(path), 'download-'));
  try {
    await fetchPackage(draft);
    const file = readdirSync(draft).find((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get said nothing, but left no package');
    await run('dpkg', ['-x', join(draft, file), join(draft, 'unpacked')], { timeout: DEADLINE_MS });
    renameSync(join(draft, 'unpacked', 'usr', 'bin', 'kubectl'), path);
  } catch (cause) {
    throw new Error(
      'kubectl is missing and could not be fetched with apt-get: install kubectl 1.27 or newer',
      { cause },
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchPackage(draft: string): Promise<void> {
  for (const folder of ['lists/partial', 'archives/partial', 'parts', 'tmp']) {
    mkdirSync(join(draft, folder), { recursive: true });
  }
  writeFileSync(join(draft, 'status'), '');
  writeFileSync(
    join(draft, 'sources.list'),
    `deb [signed-by=${KEYRING}] ${findDebianMirror()} trixie main\n`,
  );
  const options = {
    'Dir::Etc::sourcelist': join(draft, 'sources.list'),
    'Dir::Etc::sourceparts': join(draft, 'parts'),
    'Dir::State::lists': join(draft, 'lists'),
    'Dir::State::status': join(draft, 'status'),
    'Dir::Cache': join(draft, 'archives'),
    // The user that apt drops to may not write into our folders.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const how = {
    cwd: draft,
    timeout: DEADLINE_MS,
    env: { ...process.env, TMPDIR: join(draft, 'tmp') },
  };
  await run('apt-get', [...flags, 'update'], how);
  await run('apt-get', [...flags, 'download', 'kubectl'], how);
}
