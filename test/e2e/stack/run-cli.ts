import { join } from 'node:path';
import { startProcess } from '@tidemark/local';
import type { TestStack } from './test-stack.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export interface CliEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `tidemark` as a process of its own, as a person in a terminal would. */
export async function runCli(stack: TestStack, ...args: readonly string[]): Promise<CliEnd> {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const cli = await startProcess({
    name: 'tidemark',
    command: process.execPath,
    args: [join(root, 'cli', 'src', 'main.ts'), ...args],
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: stack.databaseUrl,
      NATS_URL: stack.nats.url,
      ...stack.guarded?.cli,
    },
    onLine: (line, stream) => void lines[stream].push(line),
  });
  const { code } = await cli.exited;
  return { code, out: lines.stdout.join('\n'), err: lines.stderr.join('\n') };
}
