import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Definition } from '@tidemark/collector-sdk';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import {
  locateMistakes,
  readYamlDefinition,
  type LocatedMistake,
} from '@tidemark/collector-sdk/yaml';
import { registry } from '@tidemark/collectors';
import { UsageError, type CliIo } from '../../../../cli-io.ts';
import { findCollectorsFolder } from '../config.ts';
import { readFiles, type DefinitionFile } from '../read-files.ts';

/** A definition as it was found, or what is wrong with its file. */
export type FoundDefinition =
  | { readonly definition: Definition }
  | { readonly file: string; readonly mistakes: readonly LocatedMistake[] };

/** Finds a definition: that of a file, else the one of this name in the folder of the services, else the built-in one. */
export async function findDefinition(io: CliIo, nameOrFile: string): Promise<FoundDefinition> {
  if (/\.ya?ml$/.test(nameOrFile)) return readFrom(await fileAt(io, nameOrFile));
  const folder = findCollectorsFolder(io.env, io.folder);
  const files = folder === undefined ? [] : await readFiles([folder], io.folder);
  const file = files.find(({ text }) => nameIn(text) === nameOrFile);
  if (file) return readFrom(file);
  const builtIn = registry.definitions.find(({ name }) => name === nameOrFile);
  if (builtIn) return { definition: builtIn };
  throw new UsageError(
    `There is no definition "${nameOrFile}": it is neither built in nor in ${folder ?? 'a folder of the services'}. A file is named with its ending, .yaml.`,
  );
}

async function fileAt(io: CliIo, file: string): Promise<DefinitionFile> {
  const text = await readFile(resolve(io.folder, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
  });
  return { file, text };
}

function readFrom({ file, text }: DefinitionFile): FoundDefinition {
  const read = readYamlDefinition(text, registry.definitions);
  const checked =
    'mistakes' in read ? read : checkDefinition(read.value, Object.keys(registry.functions));
  if ('definition' in checked) return checked;
  return { file, mistakes: locateMistakes(text, checked.mistakes) };
}

/** A file with mistakes still says its name, most times. */
function nameIn(text: string): unknown {
  const read = readYamlDefinition(text, registry.definitions);
  if ('mistakes' in read || typeof read.value !== 'object' || read.value === null) return undefined;
  return 'name' in read.value ? read.value.name : undefined;
}
