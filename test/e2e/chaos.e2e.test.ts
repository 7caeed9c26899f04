import { join } from 'node:path';
import { startProcess } from '@tidemark/local';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

async function runChaos(...args: readonly string[]) {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const chaos = await startProcess({
    name: 'chaos',
    command: process.execPath,
    args: [join(root, 'bench', 'chaos', 'main.ts'), ...args],
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    onLine: (line, stream) => void lines[stream].push(line),
  });
  const { code } = await chaos.exited;
  return { code, ...lines };
}

test('a short seed of the fault harness finds nothing lost and nothing twice', async () => {
  const args = ['--seed', '11', '--kills', '12', '--minutes', '5', '--json'];
  const { code, stdout, stderr } = await runChaos(...args);

  expect(code, stderr.slice(-40).join('\n')).toBe(0);
  expect(JSON.parse(stdout.at(-1) ?? '')).toMatchObject({
    seed: 11,
    kills: 12,
    differences: 0,
    verdict: 'exact',
  });
  expect(stderr.filter((line) => line.includes('kill -9')).length).toBeGreaterThanOrEqual(12);
}, 400_000);

test('what makes no sense is refused before anything is started', async () => {
  expect(await runChaos('--kills', 'many')).toMatchObject({ code: 2, stdout: [] });
});
