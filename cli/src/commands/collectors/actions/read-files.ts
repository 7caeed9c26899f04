import { readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../../cli-io.ts';

/** A file of a definition, by the name that people know it by. */
export interface DefinitionFile {
  readonly file: string;
  readonly text: string;
}

/** The files that are named, and of folders those that the watermark service would read. */
export async function readFiles(
  paths: readonly string[],
  folder: string,
): Promise<DefinitionFile[]> {
  const listed = await Promise.all(paths.map((path) => filesAt(path, folder)));
  // A file may be named beside its folder: it is one file still.
  const files = new Map(listed.flat().map((file) => [resolve(folder, file), file]));
  return Promise.all(
    [...files].map(async ([path, file]) => ({ file, text: await read(path, file) })),
  );
}

async function filesAt(path: string, folder: string): Promise<string[]> {
  const absolute = resolve(folder, path);
  const found = await stat(absolute).catch((error: unknown) => refuse(path, error));
  if (!found.isDirectory()) return [path];
  const names = await readdir(absolute).catch((error: unknown) => refuse(path, error));
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

async function read(path: string, file: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => refuse(file, error));
}

function refuse(path: string, error: unknown): never {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const reason = error instanceof Error ? error.message : String(error);
  throw new UsageError(isMissing ? `${path} is not there.` : `${path} cannot be read: ${reason}`);
}
