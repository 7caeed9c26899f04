// The gate before the tests: every step runs, so that one look shows all that is wrong.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const script = (name: string, path: string, ...args: string[]): Step => ({
  name,
  command: process.execPath,
  args: [path, ...args],
});

const steps: readonly Step[] = [
  { name: 'format', command: bin('oxfmt'), args: ['--check'] },
  { name: 'lint', command: bin('oxlint'), args: ['--deny-warnings'] },
  { name: 'types', command: bin('tsc'), args: ['-p', '.'] },
  script('architecture', 'scripts/check-architecture.ts'),
  script('manifests', 'scripts/check-manifests.ts'),
  script('documents', 'scripts/generate-docs.ts', '--check'),
];

function isThere(step: Step): boolean {
  return step.command !== process.execPath || existsSync(join(root, step.args[0] ?? ''));
}

function passes(step: Step): boolean {
  const startedAt = performance.now();
  const { status } = spawnSync(step.command, [...step.args], { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
  return status === 0;
}

const failed = steps.filter((step) => isThere(step)).filter((step) => !passes(step));
if (failed.length > 0) {
  console.log(`\n${failed.map(({ name }) => name).join(', ')}: see above.`);
  if (failed.some(({ name }) => name === 'format')) console.log('npm run format mends the format.');
  process.exitCode = 1;
}
