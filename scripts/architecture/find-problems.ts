import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { mayDepend } from './allowed-edges.ts';
import { findImports, packageOf } from './find-imports.ts';
import type { Member, Workspace } from './read-workspace.ts';

const OURS = '@tidemark/';
const inTests = /(\.test\.ts$|(^|\/)(test|bench|fixtures)\/|^vitest\.config\.ts$)/;

/** Finds every dependency and import that the architecture does not allow, as one sentence each. */
export function findProblems(workspace: Workspace, read: (file: string) => string): string[] {
  const root = workspace.members.find((member) => member.folder === '');
  return workspace.members.flatMap((member) => [
    ...edgeProblems(member),
    ...member.files.flatMap((file) =>
      fileProblems(member, root, file, read(join(workspace.root, file))),
    ),
  ]);
}

function edgeProblems(member: Member): string[] {
  const check = (names: readonly string[], isForTests: boolean): string[] =>
    names
      .filter((name) => name.startsWith(OURS))
      .filter((name) => !mayDepend(member.folder, name.slice(OURS.length), isForTests))
      .map((name) => `${member.folder}/package.json: ${member.name} may not depend on ${name}`);
  return [...check(member.dependencies, false), ...check(member.devDependencies, true)];
}

function fileProblems(
  member: Member,
  root: Member | undefined,
  file: string,
  source: string,
): string[] {
  return findImports(source).flatMap((specifier) => {
    const problem = specifier.startsWith('.')
      ? leaves(member, file, specifier)
      : isUndeclared(member, root, file, specifier);
    return problem === undefined ? [] : [`${file}: ${problem}`];
  });
}

function leaves(member: Member, file: string, specifier: string): string | undefined {
  const target = relative(member.folder, join(dirname(file), specifier));
  const isOutside =
    target.startsWith('..') ||
    (member.folder === '' && /^(libs|services|cli|collectors|simulators)\//.test(target));
  return isOutside ? `the import of ${specifier} leaves its package` : undefined;
}

function isUndeclared(
  member: Member,
  root: Member | undefined,
  file: string,
  specifier: string,
): string | undefined {
  const name = packageOf(specifier);
  if (specifier.startsWith('node:') || builtinModules.includes(name) || name === member.name)
    return undefined;
  if (member.dependencies.includes(name)) return undefined;
  const mayUseDev = member.folder === '' || inTests.test(file);
  // What only tests need may stand in the root, once for all.
  const dev = [...member.devDependencies, ...(root?.devDependencies ?? [])];
  if (mayUseDev && dev.includes(name)) return undefined;
  return `${name} is not among the dependencies of ${member.name}`;
}
