import { findLoaded } from './find-loaded.ts';
import type { Workspace } from './read-workspace.ts';

const forSources = ['undici', 'csv-parse'];
const forDefinitions = ['yaml', 'croner'];
const forMigrations = ['node-pg-migrate'];

/** What is large and not for everybody: who starts with it would only wait for it, and hold it in memory. */
const needless: Readonly<Record<string, readonly string[]>> = {
  'services/extractor/src/main.ts': [...forDefinitions, ...forMigrations],
  // Built-in definitions are checked when they are loaded.
  'services/transformer/src/main.ts': [...forSources, 'yaml', ...forMigrations, 'pg'],
  'services/loader/src/main.ts': [...forSources, ...forDefinitions, ...forMigrations],
  'services/watermark/src/main.ts': forSources,
  // A command loads what it needs when it runs.
  'cli/src/program.ts': ['zod', 'pg', '@tidemark/bus', '@tidemark/store', '@tidemark/runtime'],
};

/** Finds every process that starts with a package that it does not need, as one sentence each. */
export function findNeedless(
  workspace: Workspace,
  read: (file: string) => string,
  lists = needless,
): string[] {
  return Object.entries(lists).flatMap(([file, packages]) => {
    const loaded = findLoaded(workspace, read, file);
    return packages
      .filter((name) => loaded.has(name))
      .map((name) => `${file}: loads ${name}, which it does not need`);
  });
}
