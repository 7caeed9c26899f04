import { compileMapping, targetShape, type Definition } from '@tidemark/collector-sdk';
import { registry } from '@tidemark/collectors';
import type { Reject } from '@tidemark/contracts';

/** What a page's records become. */
export interface MappedPage {
  readonly columns: readonly string[];
  /** By column; null for NULL. */
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly rejects: readonly Reject[];
}

/** Maps records as the transformer would. */
export async function mapPage(
  definition: Definition,
  records: readonly unknown[],
): Promise<MappedPage> {
  const mapped = await compileMapping(definition, registry.functions)(records);
  const { copyText, rejects, contract } = mapped;
  const declared = targetShape(definition).columns.map(({ name }) => name);
  // Where a schema contract has these in the target, only the target knows.
  const added = (contract?.columns ?? []).map(({ name, type }) => `${name} (${type})`);
  const columns = [...declared, ...added];
  const lines = copyText.split('\n').slice(0, -1);
  return { columns, rows: lines.map((line) => readLine(columns, line)), rejects };
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
