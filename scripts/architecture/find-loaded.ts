import { dirname, join } from 'node:path';
import { findLoads, packageOf } from './find-imports.ts';
import type { Workspace } from './read-workspace.ts';

/** Gives the packages that a process loads together with a source file, through our own ones; built-in modules too. */
export function findLoaded(
  workspace: Workspace,
  read: (file: string) => string,
  file: string,
): Set<string> {
  const packages = new Set<string>();
  const files = new Set([file]);
  // A set gives what is added while it is walked, too.
  for (const each of files) {
    for (const specifier of findLoads(read(join(workspace.root, each)))) {
      if (specifier.startsWith('.')) {
        files.add(join(dirname(each), specifier));
        continue;
      }
      packages.add(packageOf(specifier));
      const ours = entryFile(workspace, specifier);
      if (ours !== undefined) files.add(ours);
    }
  }
  return packages;
}

function entryFile({ members }: Workspace, specifier: string): string | undefined {
  const name = packageOf(specifier);
  const member = members.find((each) => each.name === name);
  if (!member) return undefined;
  const entry = member.exports[`.${specifier.slice(name.length)}`];
  return entry === undefined ? undefined : join(member.folder, entry);
}
