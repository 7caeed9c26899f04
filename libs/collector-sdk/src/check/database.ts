import { compileSql } from '../postgres/sql-template.ts';
import type { SqlRequest } from '../definition/request.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';
import { isZone } from '../zone.ts';
import { knownVariables, unknownVariables } from './templates.ts';

/** What tells a query to a database from a request to an HTTP API, and what only one of them has. */
export function checkDatabase(sections: Sections): Mistake[] {
  const { source, request } = sections;
  if (!source || !request) return [];
  if ((source.kind === 'postgres') !== (request.kind === 'sql')) {
    const fitting = source.kind === 'postgres' ? 'sql' : 'http';
    return [{ path: 'request.kind', message: `a source of kind ${source.kind} has ${fitting}` }];
  }
  if (request.kind !== 'sql') return checkHttp(sections);
  return independently(
    () => unknownVariables(sections, 'request.sql', compileSql(request.sql).variables),
    () => checkQuoted(sections, compileSql(request.sql).quoted),
    () => checkZone(request),
    () => checkOrder(sections),
    () => checkPaging(sections),
    () => checkParameters(sections),
  );
}

/** It would be compared as it is written, find nothing, and that would count as read. */
function checkQuoted(sections: Sections, quoted: readonly string[]): Mistake[] {
  const known = knownVariables(sections);
  return quoted.flatMap((name) =>
    known?.has(name) === true
      ? {
          path: 'request.sql',
          message: `{${name}} in quotes is no variable: leave the quotes out; for a part of a text write '…' || {${name}}`,
        }
      : [],
  );
}

const noSkip = 'skip is for databases only: an API sends records without a cursor by itself';

function checkHttp({ incremental }: Sections): Mistake[] {
  if (incremental?.kind !== 'cursor') return [];
  const needed = 'is required: the query parameter that carries the beginning of the window';
  return independently(
    () => (incremental.from === undefined ? [{ path: 'incremental.from', message: needed }] : []),
    () =>
      incremental.tie === undefined
        ? []
        : [{ path: 'incremental.tie', message: 'is for databases only' }],
    () => (incremental.nulls === 'skip' ? [{ path: 'incremental.nulls', message: noSkip }] : []),
  );
}

function checkZone({ zone }: SqlRequest): Mistake[] {
  if (zone === undefined || isZone(zone)) return [];
  return [{ path: 'request.zone', message: `"${zone}" is not a time zone such as Europe/Berlin` }];
}

/** The formats in which a database compares cursors. */
const formats: readonly string[] = ['iso', 'date', 'integer'];

function checkOrder({ incremental, target }: Sections): Mistake[] {
  if (incremental?.kind === 'worklist') {
    return [{ path: 'incremental.kind', message: 'a worklist asks HTTP APIs only' }];
  }
  if (incremental?.kind === 'cursor') {
    return independently(
      () => checkFormat(incremental.format),
      () => (target?.kind === 'table' ? checkColumnOf(incremental.field, target.fields) : []),
    );
  }
  if (target?.kind === 'raw') {
    const message = 'pages of a query follow a cursor or the key of the target: a raw one has none';
    return [{ path: 'target.kind', message }];
  }
  if (!target) return [];
  const { key, fields } = target;
  return inEach(key.keys(), (place) => checkColumnOf(key[place] ?? '', fields));
}

function checkFormat(format: string): Mistake[] {
  if (formats.includes(format)) return [];
  return [{ path: 'incremental.format', message: `a database has ${formats.join(', ')}` }];
}

type Fields = Extract<NonNullable<Sections['target']>, { kind: 'table' }>['fields'];

function checkColumnOf(field: string, fields: Fields): Mistake[] {
  if (!/[.$]/.test(fields[field]?.path ?? field)) return [];
  const message = 'orders the rows, so it must be a column of the query';
  return [{ path: `target.fields.${field}.path`, message }];
}

const forHttp = 'is for HTTP APIs only: a database is asked by its order column';

function checkPaging({ paginate }: Sections): Mistake[] {
  if (!paginate || paginate.kind === 'none') return [];
  return [{ path: 'paginate.kind', message: forHttp }];
}

function checkParameters({ incremental }: Sections): Mistake[] {
  if (incremental?.kind !== 'cursor') return [];
  return inEach(['from', 'to', 'split'], (name) =>
    incremental[name] === undefined ? [] : [{ path: `incremental.${name}`, message: forHttp }],
  );
}
