import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One package of the workspace: what it declares, and its source files. */
export interface Member {
  readonly name: string;
  /** Relative to the root; empty for the root itself. */
  readonly folder: string;
  /** Its entries, `.` and others, and their files relative to the folder. */
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly files: readonly string[];
}

export interface Workspace {
  readonly root: string;
  readonly members: readonly Member[];
}

interface Manifest {
  readonly name: string;
  readonly exports?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

// Of the root only its own folders: the packages have theirs.
const rootFolders = ['bench', 'scripts', 'test'];
const memberFolders = ['libs/*', 'services/*', 'cli', 'collectors', 'simulators'];

/** Reads every package.json of the workspace, and finds the source files that belong to it. */
export function readWorkspace(root: string): Workspace {
  const folders = globSync(memberFolders, { cwd: root })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .toSorted();
  return {
    root,
    members: [readMember(root, ''), ...folders.map((folder) => readMember(root, folder))],
  };
}

function readMember(root: string, folder: string): Member {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  return {
    name: manifest.name,
    folder,
    exports: manifest.exports ?? {},
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    files: sourceFiles(root, folder),
  };
}

function sourceFiles(root: string, folder: string): string[] {
  const patterns =
    folder === '' ? rootFolders.map((name) => `${name}/**/*.ts`) : [`${folder}/**/*.ts`];
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules'] })
    .map((file) => relative(root, join(root, file)))
    .toSorted();
}
