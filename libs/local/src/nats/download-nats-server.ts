import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unpackPackage } from '../debian/unpack-package.ts';
import type { Log } from '../log.ts';

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
    const root = await unpackPackage({ name: 'nats-server', suite: download.suite }, draft);
    const binary = join(cacheFolder, 'nats-server');
    renameSync(join(root, 'usr', 'sbin', 'nats-server'), binary);
    return binary;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
