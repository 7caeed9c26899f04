import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './run-in-test.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs a command line as a process of its own, in a folder, with nothing of this environment but the path. */
export async function startCli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const settings = { cwd, env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env } };
    execFile(process.execPath, [main, ...args], settings, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });
}
