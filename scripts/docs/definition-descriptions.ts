import { readFileSync } from 'node:fs';
import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

/** What the documentation says about one setting. */
export interface Described {
  /** Keys from the outside in; `kind=page` goes on in the variant of that kind, `*` in what every key of a record, or every place of a list, has. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Gives the settings of a schema the sentences that `docs/collectors.md` has for them; it may describe no others. */
export function addDescriptions(schema: Schema): void {
  const page = readFileSync(new URL('../../docs/collectors.md', import.meta.url), 'utf8');
  for (const { path, text } of readDescriptions(page)) {
    const settings = path.reduce<Schema[]>(
      (reached, key) => reached.flatMap((each) => stepsInto(each, key)),
      [schema],
    );
    if (settings.length === 0) {
      throw new Error(`docs/collectors.md describes ${path.join('.')}, which no definition has`);
    }
    for (const setting of settings) setting.description = text;
  }
}

/** The settings in the tables of the page, by the section that a table is in. */
export function readDescriptions(page: string): Described[] {
  const [, fields = ''] = /^## Fields\n([^]*?)(?=^## |$(?![^]))/m.exec(page) ?? [];
  return fields.split(/^### /m).flatMap((content, place) => {
    const section = place === 0 ? [] : [content.split('\n', 1)[0] ?? ''];
    const tables = content.matchAll(/(?:^\|.*\n)+/gm);
    return [...tables].flatMap(([table]) => readTable(table, section));
  });
}

function readTable(table: string, section: readonly string[]): Described[] {
  const [heading = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf);
  const place = placeOf(heading[0] ?? '', section);
  if (!place) return [];
  let kinds: readonly string[] = [];
  return rows.flatMap((cells) => {
    if (place.hasKinds) kinds = orElse(namesIn(cells.shift() ?? ''), kinds);
    const text = cells.at(-1) ?? '';
    if (['', 'likewise', 'see below'].includes(text)) return [];
    const within = place.hasKinds ? kinds.map((kind) => [...place.at, `kind=${kind}`]) : [place.at];
    return within.flatMap((at) =>
      namesIn(cells[0] ?? '').map((name) => ({ path: [...at, ...name.split('.')], text })),
    );
  });
}

/** A row without a kind is of the kinds of the row above. */
function orElse(names: readonly string[], above: readonly string[]): readonly string[] {
  return names.length > 0 ? names : above;
}

/** Which settings a table tells of; undefined for one of variables, or of what kinds of authentication send. */
function placeOf(heading: string, at: readonly string[]) {
  switch (heading) {
    case '`kind`':
      return { at, hasKinds: true };
    case 'field of `fields`':
      return { at: [...at, 'kind=table', 'fields', '*'], hasKinds: false };
    case 'field of `children`':
      return { at: [...at, 'kind=table', 'children', '*'], hasKinds: false };
    case 'field of `answers`':
      return { at: [...at, 'answers', '*'], hasKinds: false };
    case 'field':
      return {
        at: at[0] === 'incremental' ? [...at, 'kind=cursor', 'split'] : at,
        hasKinds: false,
      };
    default:
      return undefined;
  }
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** The settings that a cell names: `size: { param, value }` is one, and "(default)" none. */
function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([\w.-]+)[^`]*`/g)].map(([, name = '']) => name);
}

/** Where a key leads; what a table says of a setting holds in each variant that has it. */
function stepsInto(schema: Schema, key: string): Schema[] {
  const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]
    .map(objectOf)
    .filter(isSchema);
  if (key.startsWith('kind=')) {
    const kind = key.slice('kind='.length);
    return variants.filter((each) => objectOf(each.properties?.['kind'])?.const === kind);
  }
  const inside = schema.additionalProperties ?? schema.items;
  const here = key === '*' ? inside : schema.properties?.[key];
  const found = objectOf(here);
  return found ? [found] : variants.flatMap((each) => stepsInto(each, key));
}

function objectOf(value: unknown): Schema | undefined {
  return isSchema(value) ? value : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
