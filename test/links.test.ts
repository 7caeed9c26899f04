import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

const elsewhere = ['node_modules', '.tidemark', '.git'];

function markdownFiles(): string[] {
  return globSync('**/*.md', { cwd: root, exclude: (name) => elsewhere.includes(name) });
}

test.each(markdownFiles())('every link of %s leads to something', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const inside = targets.filter((target) => !/^([a-z]+:|#)/.test(target));
  const missing = inside.filter((target) => {
    const [path = ''] = target.split('#');
    return !existsSync(join(root, dirname(file), path));
  });

  expect(missing).toEqual([]);
});
