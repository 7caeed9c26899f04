import { readFileSync } from 'node:fs';
import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

/** What the documentation says about one setting. */
export interface Described {
  /** Keys from the outside in; `kind=page` goes on in the variant of that kind, `*` in what every key of a record has. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Gives the settings of a schema the sentences that `docs/collectors.md` has for them; it may describe no others. */
export function addDescriptions(schema: Schema): void {
  const page = readFileSync(new URL('../../docs/collectors.md', import.meta.url), 'utf8');
  for (const { path, text } of readDescriptions(page)) {
    const setting = path.reduce<Schema | undefined>(stepInto, schema);
    if (!setting) {
      throw new Error(`docs/collectors.md describes ${path.join('.')}, which no definition has`);
    }
    setting.description = text;
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
  let kind = '';
  return rows.flatMap((cells) => {
    if (place.hasKinds) kind = namesIn(cells.shift() ?? '')[0] ?? kind;
    const text = cells.at(-1) ?? '';
    if (['', 'likewise', 'see below'].includes(text)) return [];
    const at = place.hasKinds ? [...place.at, `kind=${kind}`] : place.at;
    return namesIn(cells[0] ?? '').map((name) => ({ path: [...at, ...name.split('.')], text }));
  });
}

/** Which settings a table tells of; undefined for one of variables, or of what kinds of authentication send. */
function placeOf(heading: string, at: readonly string[]) {
  switch (heading) {
    case '`kind`':
      return { at, hasKinds: true };
    case 'field of `fields`':
      return { at: [...at, 'kind=table', 'fields', '*'], hasKinds: false };
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

function stepInto(schema: Schema | undefined, key: string): Schema | undefined {
  if (key === '*') return objectOf(schema?.additionalProperties);
  if (!key.startsWith('kind=')) return objectOf(schema?.properties?.[key]);
  return schema?.oneOf
    ?.map(objectOf)
    .find((each) => objectOf(each?.properties?.['kind'])?.const === key.slice('kind='.length));
}

function objectOf(value: unknown): Schema | undefined {
  return isSchema(value) ? value : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
