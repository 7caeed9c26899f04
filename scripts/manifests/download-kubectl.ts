import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackPackage } from '@tidemark/local';

/** Fetches kubectl of Debian 13 to a path, as any user and without installing it. */
export async function downloadKubectl(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const draft = mkdtempSync(join(dirname(path), 'download-'));
  try {
    const root = await unpackPackage({ name: 'kubectl', suite: 'trixie' }, draft);
    renameSync(join(root, 'usr', 'bin', 'kubectl'), path);
  } catch (cause) {
    throw new Error(
      'kubectl is missing and could not be fetched with apt-get: install kubectl 1.27 or newer',
      { cause },
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
