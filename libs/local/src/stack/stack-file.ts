import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import { isIdentity } from './process-records.ts';

/** What a running local stack tells others, and a later start about itself. */
export interface Stack {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Other addresses, by name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The process that started the others and ends them. */
  readonly owner: ProcessIdentity;
  readonly processes: readonly (ProcessIdentity & { readonly name: string })[];
}

/** The folder in which the local stack of a project keeps everything. */
export function stateFolder(root: string): string {
  return join(root, '.tidemark');
}

/** Writes the stack's file in one step, readable by its owner only. */
export function writeStack(folder: string, stack: Stack): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `stack.${process.pid}.json`);
  writeFileSync(draft, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, fileOf(folder));
}

/** Reads the stack's file; undefined if there is none, or it is not of this form. */
export function readStack(folder: string): Stack | undefined {
  try {
    const stack: unknown = JSON.parse(readFileSync(fileOf(folder), 'utf8'));
    return isStack(stack) ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the stack's file away, when everything has ended. */
export function removeStack(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}

function isStack(value: unknown): value is Stack {
  return (
    typeof value === 'object' &&
    value !== null &&
    'databaseUrl' in value &&
    typeof value.databaseUrl === 'string' &&
    'natsUrl' in value &&
    typeof value.natsUrl === 'string' &&
    'addresses' in value &&
    typeof value.addresses === 'object' &&
    'owner' in value &&
    isIdentity(value.owner) &&
    'processes' in value &&
    Array.isArray(value.processes) &&
    value.processes.every((process) => isIdentity(process))
  );
}

function fileOf(folder: string): string {
  return join(folder, 'stack.json');
}
