import { expect, test } from 'vitest';
import { findProblems } from './find-problems.ts';
import type { Member } from './read-workspace.ts';

const root: Member = {
  name: 'tidemark',
  folder: '',
  exports: {},
  dependencies: [],
  devDependencies: ['vitest'],
  files: [],
};

function aMember(folder: string, given: Partial<Member> = {}): Member {
  const name = `@tidemark/${folder.split('/').at(-1)}`;
  return { name, folder, exports: {}, dependencies: [], devDependencies: [], files: [], ...given };
}

function problemsOf(member: Member, source = ''): string[] {
  return findProblems({ root: '/r', members: [root, member] }, () => source);
}

test.each([
  ['libs/contracts', '@tidemark/runtime'],
  ['libs/runtime', '@tidemark/bus'],
  ['services/loader', '@tidemark/watermark'],
  ['services/loader', '@tidemark/testkit'],
  ['collectors', '@tidemark/store'],
  ['simulators', '@tidemark/contracts'],
  ['libs/unheard-of', '@tidemark/contracts'],
])('%s may not depend on %s', (folder, name) => {
  expect(problemsOf(aMember(folder, { dependencies: [name] }))).toEqual([
    expect.stringContaining(`may not depend on ${name}`),
  ]);
});

test.each([
  ['libs/bus', '@tidemark/telemetry'],
  ['services/loader', '@tidemark/store'],
  ['cli', '@tidemark/collectors'],
])('%s may depend on %s', (folder, name) => {
  expect(problemsOf(aMember(folder, { dependencies: [name] }))).toEqual([]);
});

test('the test kit may be needed for tests, another service not even there', () => {
  const devDependencies = ['@tidemark/testkit', '@tidemark/watermark'];

  expect(problemsOf(aMember('services/loader', { devDependencies }))).toEqual([
    'services/loader/package.json: @tidemark/loader may not depend on @tidemark/watermark',
  ]);
});

test('an import needs a declaration; in tests the one of the root will do', () => {
  const source = `import { test } from 'vitest';\nimport pg from 'pg';\nimport 'node:fs';`;
  const files = ['libs/store/src/a.ts', 'libs/store/src/a.test.ts'];

  expect(problemsOf(aMember('libs/store', { files, dependencies: ['pg'] }), source)).toEqual([
    'libs/store/src/a.ts: vitest is not among the dependencies of @tidemark/store',
  ]);
});

test('a relative import stays inside its package', () => {
  const files = ['libs/store/src/a.ts'];
  const source = `import '../migrations/b.ts';\nimport '../../bus/src/c.ts';`;

  expect(problemsOf(aMember('libs/store', { files }), source)).toEqual([
    'libs/store/src/a.ts: the import of ../../bus/src/c.ts leaves its package',
  ]);
});
