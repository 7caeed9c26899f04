import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';

// Each test starts a whole process, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const index = new URL('./index.ts', import.meta.url).href;

/** What a process writes that logs by this statement. */
function logged(statement: string, level = 'info'): string {
  const program = `import { createLogger } from '${index}'; const log = createLogger('loader'); ${statement}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TIDEMARK_LOG_LEVEL: level },
    encoding: 'utf8',
  });
  return child.stdout + child.stderr;
}

test('a line is JSON with level, service and message, and without secrets', () => {
  const text = logged(
    `log.info({ url: 'nats://me:hunter2@h', token: 'hunter2', deep: { password: 'hunter2' } }, 'ready')`,
  );

  expect(JSON.parse(text)).toMatchObject({ level: 'info', service: 'loader', msg: 'ready' });
  expect(text).not.toContain('hunter2');
});

test('lines below the level are not written', () => {
  expect(logged(`log.info('quiet')`, 'warn')).toBe('');
});

test('an unknown level is told as a setting to correct', () => {
  expect(logged(`log.info('x')`, 'loud')).toContain('TIDEMARK_LOG_LEVEL');
});
