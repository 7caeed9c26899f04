import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../processes/end-process.ts';
import { identifyProcess, type ProcessIdentity } from '../processes/process-identity.ts';

const END_DEADLINE_MS = 10_000;

/** Notes a process of ours in a folder, so that it can be ended later should we be killed. */
export function recordProcess(folder: string, pid: number): void {
  const identity = identifyProcess(pid);
  if (identity === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, pid), JSON.stringify(identity));
}

/** Takes the note away, when the process has ended. */
export function forgetProcess(folder: string, pid: number): void {
  rmSync(fileOf(folder, pid), { force: true });
}

/** Ends the processes noted in a folder that are still the same ones, and takes their notes away. */
export async function endRecordedProcesses(folder: string): Promise<void> {
  await Promise.all(
    notesIn(folder).map(async (name) => {
      const identity = readNote(join(folder, name));
      if (identity !== undefined) await endProcess(identity, END_DEADLINE_MS);
      rmSync(join(folder, name), { force: true });
    }),
  );
}

function notesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.process.json'));
  } catch {
    return [];
  }
}

function readNote(file: string): ProcessIdentity | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a value has the form of a noted process. */
export function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startedAt' in value &&
    typeof value.startedAt === 'string' &&
    'command' in value &&
    typeof value.command === 'string'
  );
}

function fileOf(folder: string, pid: number): string {
  return join(folder, `${pid}.process.json`);
}
