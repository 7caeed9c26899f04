import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';

// Each test starts a whole process, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const script = new URL('../test/stubborn-service.ts', import.meta.url).pathname;

test.each([
  { behaviour: 'plain', after: 'started', code: 0, disposed: true },
  { behaviour: 'stops-slowly', after: 'started', code: 1, disposed: false },
  { behaviour: 'hangs-at-start', after: 'starting', code: 0, disposed: false },
])('after SIGTERM a service that is $behaviour ends with $code', async (expected) => {
  const ended = await runUntil(expected.behaviour, expected.after);

  expect(ended.code).toBe(expected.code);
  expect(ended.lines.includes('disposed')).toBe(expected.disposed);
});

test.each([
  { behaviour: 'fails-at-start', says: 'no server', disposed: false },
  { behaviour: 'fails-later', says: 'lost it', disposed: true },
])('a service that $behaviour says why and ends with 1', async (expected) => {
  const ended = await runUntil(expected.behaviour);

  expect(ended.code).toBe(1);
  expect(ended.lines.join('\n')).toContain(expected.says);
  expect(ended.lines.includes('disposed')).toBe(expected.disposed);
});

/** Runs the service; sends SIGTERM when it has written the given line. */
async function runUntil(
  behaviour: string,
  line?: string,
): Promise<{ code: unknown; lines: string[] }> {
  const child = spawn(process.execPath, [script, behaviour], {
    env: { ...process.env, TIDEMARK_STOP_DEADLINE_MS: '300' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (written) => {
    lines.push(written);
    if (written === line) child.kill('SIGTERM');
  });
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, lines };
}
