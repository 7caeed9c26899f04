import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@tidemark/local';
import { downloadKubectl } from './download-kubectl.ts';

export interface KubectlSearch {
  /** Where a downloaded program is kept for the next time. */
  readonly cacheFolder: string;
  readonly log: Log;
}

/** The first client whose Kustomize knows all that is used here. */
const OLDEST_MINOR = 27;

/**
 * Finds a kubectl that is new enough: on the search path, from an earlier download, or by a download of Debian 13's, without
 * installing it. Undefined where none is and none can be fetched this way, which is so on every system without apt.
 */
export async function findKubectl(search: KubectlSearch): Promise<string | undefined> {
  const cached = join(search.cacheFolder, 'kubectl');
  const found = ['kubectl', cached].find((program) => isNewEnough(minorOf(program)));
  if (found !== undefined) return found;
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  search.log(`kubectl 1.${OLDEST_MINOR} or newer is not here: fetching Debian 13's with apt-get.`);
  await downloadKubectl(cached);
  return cached;
}

function isNewEnough(minor: number | undefined): boolean {
  return minor !== undefined && minor >= OLDEST_MINOR;
}

function minorOf(program: string): number | undefined {
  const { status, stdout } = spawnSync(program, ['version', '--client', '-o', 'json'], {
    encoding: 'utf8',
  });
  return status === 0 ? readMinor(stdout) : undefined;
}

/** The minor version in what `kubectl version --client -o json` says. */
export function readMinor(said: string): number | undefined {
  const [, minor] = /"minor":\s*"(\d+)/.exec(said) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
