import {
  CHILDREN_DIGEST,
  childrenOf,
  compileMapping,
  targetShape,
  type Definition,
} from '@tidemark/collector-sdk';
import { registry } from '@tidemark/collectors';
import type { Reject } from '@tidemark/contracts';

/** What a page's records become. */
export interface MappedPage extends MappedRows {
  readonly rejects: readonly Reject[];
  /** The rows of the target's children. */
  readonly children: readonly (MappedRows & { readonly table: string })[];
}

export interface MappedRows {
  readonly columns: readonly string[];
  /** By column; null for NULL. */
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** Maps records as the transformer would. */
export async function mapPage(
  definition: Definition,
  records: readonly unknown[],
): Promise<MappedPage> {
  const mapped = await compileMapping(definition, registry.functions)(records);
  const { copyText, rejects, contract, children = [] } = mapped;
  const declared = namesOf(targetShape(definition).columns);
  // Where a schema contract has these in the target, only the target knows.
  const added = (contract?.columns ?? []).map(({ name, type }) => `${name} (${type})`);
  const columns = [...declared, ...added];
  return {
    ...readLines(columns, copyText),
    rejects,
    children: childrenOf(definition).map((child, place) => {
      const { table, columns: own } = targetShape(child.definition);
      // The digest of their record, which each line begins with, is for the loader.
      const read = readLines(namesOf([CHILDREN_DIGEST, ...own]), children[place] ?? '');
      return { table, columns: read.columns.slice(1), rows: read.rows };
    }),
  };
}

function namesOf(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => name);
}

function readLines(columns: readonly string[], text: string): MappedRows {
  const lines = text.split('\n').slice(0, -1);
  return { columns, rows: lines.map((line) => readLine(columns, line)) };
}

function readLine(columns: readonly string[], line: string): Record<string, string | null> {
  const cells = line.split('\t').map(readCell);
  return Object.fromEntries(columns.map((name, place) => [name, cells[place] ?? null]));
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A value as PostgreSQL would read it from the text format of COPY. */
export function readCell(text: string): string | null {
  if (text === '\\N') return null;
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
}
