import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { TerminalError } from '@tidemark/runtime';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process; nobody but its starter ends it. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended and its last line was given out; never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** Asks it to end by SIGTERM, and kills it when it has not ended by the deadline. */
  stop(deadlineMs: number): Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program and gives out what it prints line by line; rejects if there is no such program. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  // A session of its own: Ctrl-C in a terminal would end servers before those who still need them.
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = endOf(child);
  giveOutLines(child, options.onLine);
  await once(child, 'spawn').catch((error: unknown) => {
    throw new TerminalError(
      'SERVERS_MISSING',
      `${options.name} could not be started: check that ${options.command} exists and may be executed.`,
      { cause: error },
    );
  });
  const stop = async (deadlineMs: number): Promise<ProcessEnd> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    return exited.finally(() => clearTimeout(timer));
  };
  return {
    name: options.name,
    pid: child.pid ?? 0,
    exited,
    stop,
    kill: (signal) => void child.kill(signal),
  };
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function giveOutLines(child: ChildProcess, onLine: ProcessOptions['onLine']): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child[stream];
    if (input !== null) createInterface({ input }).on('line', (line) => onLine(line, stream));
  }
}
