import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registry } from '@tidemark/collectors';
import { type CliIo, FailedError, UsageError, print, printJson, say } from '../../../cli-io.ts';
import { readCollector } from '../../../read-command.ts';
import { findCollectorsFolder } from './config.ts';
import type { PageKind } from './skeleton-parts/paging.ts';
import type { SourceKind, Strategy } from './skeleton-parts/strategies.ts';
import { skeleton } from './skeleton.ts';

export interface NewOptions {
  readonly source: SourceKind;
  readonly strategy: Strategy;
  readonly pages?: PageKind;
  readonly folder: string;
  readonly json: boolean;
}

/** Writes a file to begin a collector with, and says what is to be done next. */
export async function newCollector(io: CliIo, text: string, options: NewOptions): Promise<void> {
  const name = readCollector(text);
  refuseBuiltIn(name);
  refuseContradiction(options);
  const file = join(options.folder, `${name}.yaml`);
  const path = resolve(io.folder, file);
  await write(
    io,
    { file, path },
    skeleton({ pages: 'page', ...options, name, schema: findSchema(path) }),
  );
  if (options.json) printJson(io, { name, file });
  else print(io, file);
  say(io, nextSteps(io, file));
}

function refuseBuiltIn(name: string): void {
  if (!registry.definitions.some((definition) => definition.name === name)) return;
  throw new UsageError(
    `"${name}" is a built-in collector; to change it, write a file with \`extends: ${name}\` and what differs.`,
  );
}

function refuseContradiction({ source, strategy, pages }: NewOptions): void {
  if (source === 'http') return;
  if (pages !== undefined) {
    throw new UsageError('--pages is for APIs: a database is asked by its order column.');
  }
  if (['cursor', 'snapshot', 'full'].includes(strategy)) return;
  throw new UsageError('A database is asked by --strategy cursor, snapshot or full.');
}

async function write(
  io: CliIo,
  { file, path }: { readonly file: string; readonly path: string },
  text: string,
): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') {
      say(io, `${file} is there already and stays as it is.`);
      throw new FailedError('the file is there already');
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      code === 'ENOENT'
        ? `The folder ${dirname(file)} is not there.`
        : `${file} cannot be written: ${reason}`,
    );
  }
}

/** Where the JSON Schema is, seen from a file; an image without documents has none. */
function findSchema(file: string): string | undefined {
  const schema = fileURLToPath(
    new URL('../../../../../docs/definition.schema.json', import.meta.url),
  );
  return existsSync(schema) ? relative(dirname(file), schema) : undefined;
}

function nextSteps(io: CliIo, file: string): string {
  const usual = findCollectorsFolder(io.env, io.folder);
  const isRead =
    usual !== undefined && resolve(io.folder, usual) === dirname(resolve(io.folder, file));
  const use = isRead
    ? 'The services read this folder: it is registered as it is now.'
    : `Put it into ${usual ?? 'the folder TIDEMARK_COLLECTORS_DIR of the services'} when it is right.`;
  return `Written. Check it with \`tidemark collectors check ${file}\`, try it with \`tidemark collectors test ${file}\`. ${use}`;
}
