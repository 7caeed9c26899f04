import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { sendSignal } from './end-process.ts';

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A server process of ours that writes to a log file, and so does not depend on anybody who reads it. */
export interface Daemon {
  readonly pid: number;
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Sends the signals in turn, waiting up to the deadline after each, until the process has ended. */
  end(signals: readonly NodeJS.Signals[], deadlineMs: number): Promise<void>;
}

/** Starts a server in a session of its own; rejects if the program cannot be executed. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = openSync(options.logFile, 'w');
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...options.user,
  });
  closeSync(log);
  let hasExited = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      hasExited = true;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // The server must not keep its starter alive; whoever wants to wait has its own reasons to live.
  child.unref();
  const pid = child.pid ?? 0;
  const end = async (signals: readonly NodeJS.Signals[], deadlineMs: number): Promise<void> => {
    for (const signal of signals) {
      if (hasExited) return;
      sendSignal(pid, signal);
      child.ref();
      await before(exited, deadlineMs);
    }
  };
  return { pid, exited, hasExited: () => hasExited, end };
}

async function before(event: Promise<void>, deadlineMs: number): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  await Promise.race([event, deadline]).finally(() => clearTimeout(timer));
}
