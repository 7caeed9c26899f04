// Formats every file, and mends what the linter can mend by itself.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(program: string, args: readonly string[]): number {
  const path = join(root, 'node_modules', '.bin', program);
  return spawnSync(path, [...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const lint = run('oxlint', ['--fix']);
const format = run('oxfmt', []);
process.exitCode = Math.max(lint, format);
