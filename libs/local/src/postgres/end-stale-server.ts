import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TransientError } from '@tidemark/runtime';
import { poll } from '../poll.ts';
import { endProcess, sendSignal } from '../processes/end-process.ts';
import { identifyProcess, type ProcessIdentity } from '../processes/process-identity.ts';

const END_DEADLINE_MS = 15_000;

/** What a server says of itself in `postmaster.pid` of its data folder. */
export interface PostmasterFile {
  readonly pid: number;
  readonly isReady: boolean;
}

/** Reads the file by which a data folder is locked, if there is one. */
export function readPostmasterFile(dataFolder: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number.parseInt(lines[0] ?? '', 10);
    return Number.isNaN(pid) ? undefined : { pid, isReady: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/**
 * Ends the server that an earlier, killed process left running on a data folder, and unlocks the folder. Only
 * processes that work in this very folder are touched: the number in the file may be somebody else's by now.
 */
export async function endStaleServer(dataFolder: string): Promise<void> {
  const file = readPostmasterFile(dataFolder);
  if (file === undefined) return;
  const identity = identifyProcess(file.pid);
  if (identity !== undefined && worksIn(identity, dataFolder)) {
    await endProcess(identity, END_DEADLINE_MS);
  }
  // Its children may outlive a killed server for a moment; unlocked before, two servers would write one folder.
  if (!(await poll(() => processesOf(dataFolder).length === 0, END_DEADLINE_MS))) {
    throw new TransientError(
      'SERVERS_MISSING',
      `An earlier PostgreSQL still works in ${dataFolder}: end its processes, then start again.`,
    );
  }
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

function worksIn(identity: ProcessIdentity, dataFolder: string): boolean {
  return existsSync('/proc/self/cwd')
    ? workingFolder(identity.pid) === dataFolder
    : identity.command.includes(dataFolder);
}

/**
 * Ends by SIGKILL whatever works in a data folder, and waits until it is gone: a killed server leaves its children
 * behind for a moment, and they go on answering. Where there is no `/proc` they are left to notice by themselves.
 */
export async function killProcesses(dataFolder: string): Promise<void> {
  const isGone = (): boolean => {
    const pids = processesOf(dataFolder);
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    return pids.length === 0;
  };
  await poll(isGone, END_DEADLINE_MS);
}

function processesOf(dataFolder: string): number[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingFolder(pid) === dataFolder);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
