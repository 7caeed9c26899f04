import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Definition } from '@tidemark/collector-sdk';
import type { Mistake } from '@tidemark/collector-sdk/define';
import { readYamlDefinition } from '@tidemark/collector-sdk/yaml';
import { CollectorName } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';

/** A definition as somebody wrote it, not checked yet. */
export interface Candidate {
  readonly name: string;
  /** Where it was found, for people. */
  readonly origin: string;
  /** `file`: it does not tell its name, by a mistake, so that of its file stands for it. */
  readonly namedBy: 'itself' | 'file';
  readonly content: { readonly value: unknown } | { readonly mistakes: readonly Mistake[] };
}

/** The origin of what the image brings. */
export const BUILT_IN = 'built in';

interface DefinitionFile {
  readonly file: string;
  readonly text: string;
}

/** What changes when a file of the folder is added, changed or removed. */
export async function fingerprintOf(folder: string | undefined): Promise<string> {
  const lines = (await listFiles(folder)).map(async (file) => {
    const { mtimeMs, size, ino } = await stat(join(folder ?? '', file));
    return `${file} ${mtimeMs} ${size} ${ino}`;
  });
  return (await Promise.all(lines)).join('\n');
}

/** The built-in definitions and those of a folder; one of the folder replaces the built-in of its name. */
export async function readCandidates(
  builtIns: readonly Definition[],
  folder: string | undefined,
): Promise<Candidate[]> {
  const files = await Promise.all(
    (await listFiles(folder)).map(async (file) => ({
      file,
      text: await readFile(join(folder ?? '', file), 'utf8'),
    })),
  );
  return toCandidates(builtIns, files);
}

/** Puts built-ins and files together; of two files that name the same collector the second is a mistake. */
export function toCandidates(
  builtIns: readonly Definition[],
  files: readonly DefinitionFile[],
): Candidate[] {
  const candidates = new Map<string, Candidate>(
    builtIns.map((value) => [
      value.name,
      { name: value.name, origin: BUILT_IN, namedBy: 'itself', content: { value } },
    ]),
  );
  for (const { file, text } of files) {
    const content = readYamlDefinition(text, builtIns);
    const named = nameIn('value' in content ? content.value : undefined);
    const name = named ?? nameOfFile(file);
    const earlier = candidates.get(name);
    const isTaken = earlier !== undefined && earlier.origin !== BUILT_IN;
    const message = `${earlier?.origin ?? ''} and ${file} both define "${name}"`;
    candidates.set(name, {
      name,
      origin: file,
      namedBy: named === undefined ? 'file' : 'itself',
      content: isTaken ? { mistakes: [{ path: 'name', message }] } : content,
    });
  }
  return [...candidates.values()];
}

function nameIn(value: unknown): string | undefined {
  const given = typeof value === 'object' && value !== null && 'name' in value ? value.name : '';
  return CollectorName.safeParse(given).data;
}

/** Under which name a definition is listed that cannot be used. */
function nameOfFile(file: string): string {
  const fromFile = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 32);
  return fromFile === '' ? 'unnamed' : fromFile;
}

async function listFiles(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder).catch((cause: unknown) => {
    const message = `the folder ${folder} cannot be read; set TIDEMARK_COLLECTORS_DIR to one that can, or not at all`;
    throw new TerminalError('CONFIG_INVALID', message, { cause });
  });
  // A mounted ConfigMap keeps its older contents in folders that begin with dots.
  return entries.filter((file) => /^[^.].*\.ya?ml$/.test(file)).toSorted();
}
