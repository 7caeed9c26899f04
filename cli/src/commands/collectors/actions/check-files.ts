import type { Definition } from '@tidemark/collector-sdk';
import { type Mistake, checkDefinition } from '@tidemark/collector-sdk/define';
import {
  type LocatedMistake,
  locateMistakes,
  readYamlDefinition,
} from '@tidemark/collector-sdk/yaml';
import type { DefinitionFile } from './read-files.ts';

/** What definitions may refer to. */
export interface Known {
  readonly definitions: readonly Definition[];
  readonly functions: Readonly<Record<string, unknown>>;
}

export interface CheckedFile {
  readonly file: string;
  /** The name of the collector, if the file comes as far as having one. */
  readonly name: string | undefined;
  /** In the order of the file's lines. */
  readonly mistakes: readonly LocatedMistake[];
}

/** Checks files as the watermark service would if they were its folder: each by itself, and that no two have one name. */
export function checkFiles(files: readonly DefinitionFile[], known: Known): CheckedFile[] {
  const firstOf = new Map<string, string>();
  return files.map(({ file, text }) => {
    const { name, mistakes } = checkText(text, known);
    const earlier = name === undefined ? undefined : firstOf.get(name);
    if (name !== undefined && earlier === undefined) firstOf.set(name, file);
    const message = `${earlier} defines "${name}" too`;
    const all = earlier === undefined ? mistakes : [...mistakes, { path: 'name', message }];
    return { file, name, mistakes: locateMistakes(text, all) };
  });
}

function checkText(text: string, { definitions, functions }: Known) {
  const reading = readYamlDefinition(text, definitions);
  if ('mistakes' in reading) return { name: undefined, mistakes: reading.mistakes };
  const checked = checkDefinition(reading.value, Object.keys(functions));
  const mistakes: readonly Mistake[] = 'mistakes' in checked ? checked.mistakes : [];
  return { name: nameOf(reading.value), mistakes };
}

function nameOf(value: unknown): string | undefined {
  const isNamed = typeof value === 'object' && value !== null && 'name' in value;
  return isNamed && typeof value.name === 'string' ? value.name : undefined;
}
