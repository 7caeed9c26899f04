import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endRecordedProcesses, identifyProcess, isStillRunning } from '@tidemark/local';

const PREFIX = 'tidemark-test-';
const OWNER = 'owner.json';

/** Makes the folder that holds the servers of one test run. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // PostgreSQL may run as another user, who has to pass through.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, OWNER), JSON.stringify(identifyProcess(process.pid)));
  return folder;
}

/** Makes a folder for one server of the run. */
export function makeServerFolder(runFolder: string, name: string): string {
  const folder = mkdtempSync(join(runFolder, `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Ends every server of a run that nobody has stopped, and removes its folder. */
export async function removeRunFolder(folder: string): Promise<void> {
  const servers = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  await Promise.all(
    servers.map(async (entry) => endRecordedProcesses(join(folder, entry.name, 'processes'))),
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Removes what runs that were killed have left, servers included. */
export async function removeDeadRuns(): Promise<void> {
  const folders = readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(tmpdir(), name));
  for (const folder of folders) {
    if (isDead(folder)) await removeRunFolder(folder);
  }
}

function isDead(folder: string): boolean {
  try {
    return !isStillRunning(JSON.parse(readFileSync(join(folder, OWNER), 'utf8')));
  } catch {
    // Not (yet) a run's folder, or not ours to read.
    return false;
  }
}
