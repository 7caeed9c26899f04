import { expect, test } from 'vitest';
import { findNeedless } from './find-needless.ts';
import type { Workspace } from './read-workspace.ts';

const plain = { dependencies: [], devDependencies: [], files: [] };
const workspace: Workspace = {
  root: '/r',
  members: [
    { ...plain, name: '@tidemark/loader', folder: 'services/loader', exports: {} },
    {
      ...plain,
      name: '@tidemark/sdk',
      folder: 'libs/sdk',
      exports: { '.': './src/index.ts', './large': './src/large.ts' },
    },
  ],
};

const files: Readonly<Record<string, string>> = {
  '/r/services/loader/src/later.ts': `import { a } from '@tidemark/sdk/large';`,
  '/r/libs/sdk/src/index.ts': `export { a } from './a.ts';`,
  '/r/libs/sdk/src/a.ts': `import type { Large } from 'large';\nimport { b } from './b.ts';`,
  '/r/libs/sdk/src/b.ts': `import 'small';\nimport { a } from './a.ts';`,
  '/r/libs/sdk/src/large.ts': `import { type Large } from 'large/part';`,
};

function problemsOf(source: string): string[] {
  const read = (file: string): string =>
    file === '/r/services/loader/src/main.ts' ? source : (files[file] ?? '');
  return findNeedless(workspace, read, {
    'services/loader/src/main.ts': ['large', '@tidemark/sdk'],
  });
}

test.each([
  [`import { a } from '@tidemark/sdk';`, ['@tidemark/sdk']],
  [`import type { A } from '@tidemark/sdk';`, []],
  [`const { a } = await import('./later.ts');`, []],
  [`import { a } from './later.ts';`, ['large', '@tidemark/sdk']],
  [`import { a } from '@tidemark/sdk/large';`, ['large', '@tidemark/sdk']],
  [`export { default } from 'large';`, ['large']],
])('%s', (source, expected) => {
  expect(problemsOf(source)).toEqual(
    expected.map((name) => `services/loader/src/main.ts: loads ${name}, which it does not need`),
  );
});
