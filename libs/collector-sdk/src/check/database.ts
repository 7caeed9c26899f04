import { compileSql } from '../postgres/sql-template.ts';
import type { SqlRequest } from '../definition/request.ts';
import type { Mistake, Sections } from './mistake.ts';
import { isZone } from '../zone.ts';
import { unknownVariables } from './templates.ts';

/** What tells a query to a database from a request to an HTTP API, and what only one of them has. */
export function checkDatabase(sections: Sections): Mistake[] {
  const { source, request } = sections;
  if (!source || !request) return [];
  if ((source.kind === 'postgres') !== (request.kind === 'sql')) {
    const fitting = source.kind === 'postgres' ? 'sql' : 'http';
    return [{ path: 'request.kind', message: `a source of kind ${source.kind} has ${fitting}` }];
  }
  if (request.kind !== 'sql') return checkHttp(sections);
  return [
    ...unknownVariables(sections, 'request.sql', compileSql(request.sql).variables),
    ...checkZone(request),
    ...checkOrder(sections),
    ...checkForeign(sections),
  ];
}

function checkHttp({ incremental }: Sections): Mistake[] {
  if (incremental?.kind !== 'cursor') return [];
  const mistakes: Mistake[] = [];
  if (incremental.from === undefined) {
    const message = 'is required: the query parameter that carries the beginning of the window';
    mistakes.push({ path: 'incremental.from', message });
  }
  if (incremental.tie !== undefined) {
    mistakes.push({ path: 'incremental.tie', message: 'is for databases only' });
  }
  return mistakes;
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
    const { field, format } = incremental;
    const path = target?.kind === 'table' ? target.fields[field]?.path : undefined;
    return [
      ...(formats.includes(format)
        ? []
        : [{ path: 'incremental.format', message: `a database has ${formats.join(', ')}` }]),
      ...(path === undefined ? [] : checkColumn(field, path)),
    ];
  }
  if (target?.kind === 'raw') {
    const message = 'pages of a query follow a cursor or the key of the target: a raw one has none';
    return [{ path: 'target.kind', message }];
  }
  return (target?.key ?? []).flatMap((field) =>
    checkColumn(field, target?.fields[field]?.path ?? field),
  );
}

function checkColumn(field: string, path: string): Mistake[] {
  if (!/[.$]/.test(path)) return [];
  const message = 'orders the rows, so it must be a column of the query';
  return [{ path: `target.fields.${field}.path`, message }];
}

function checkForeign({ paginate, incremental }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  const message = 'is for HTTP APIs only: a database is asked by its order column';
  if (paginate && paginate.kind !== 'none') mistakes.push({ path: 'paginate.kind', message });
  if (incremental?.kind !== 'cursor') return mistakes;
  for (const name of ['from', 'to', 'split'] as const) {
    if (incremental[name] !== undefined) mistakes.push({ path: `incremental.${name}`, message });
  }
  return mistakes;
}
