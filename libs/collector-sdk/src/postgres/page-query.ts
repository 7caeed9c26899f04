import { quoteName, quoteText } from './quote.ts';
import { rowConditions, type RowSelection } from './row-conditions.ts';
import type { SqlParameters, SqlTemplate } from './sql-template.ts';

// A page is one statement around the declared query, which stands in it as a subquery and so can be a single select and
// nothing else. PostgreSQL writes each row as JSON, so that every digit arrives. Rows that are equal in all columns of the
// order are never torn apart (`with ties`), and a page ends early where its rows have become too many bytes: `total` tells
// how many there were.

/** A statement and its values. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** How much of a page is sent at most. */
export interface PageLimits {
  readonly rows: number;
  /** Rows that are equal in their order come together, but not more than these. */
  readonly equalRows: number;
  /** A page ends after the row that reaches this. */
  readonly softBytes: number;
  /** Rows that come together and have more than this are not sent. */
  readonly hardBytes: number;
  /** Of a longer row only the beginning is sent. */
  readonly rowBytes: number;
}

/** A row of a page, as its statement gives it. */
export interface SentRow {
  /** JSON text; the beginning of it when the row is too long, null when a group of equal rows is. */
  readonly record: string | null;
  /** Length of the whole JSON text. */
  readonly bytes: number;
  /** The columns of the order, each in PostgreSQL's own digits. */
  readonly place: readonly (string | null)[];
  /** Rows that the page has, sent or not. */
  readonly total: number;
}

/** Characters of a row that is too long: enough to know it again, at most 64 KiB. */
const BEGINNING = 16_384;

/** The declared query as a subquery named `q`; a line comment at its end must not swallow the bracket. */
export function subquery(template: SqlTemplate, parameters: SqlParameters): string {
  return `(\n${template.write(parameters).replace(/[\s;]+$/, '')}\n) as q`;
}

/** Asks for the columns of the query, and for no rows. */
export function describeStatement(template: SqlTemplate, parameters: SqlParameters): Statement {
  const text = `select q.* from ${subquery(template, parameters)} limit 0`;
  return { text, values: parameters.values };
}

/** Asks for the rows of a page. */
export function pageStatement(
  template: SqlTemplate,
  parameters: SqlParameters,
  selection: RowSelection,
  limits: PageLimits,
): Statement {
  const { order, columns } = selection;
  const from = subquery(template, parameters);
  const conditions = rowConditions(selection, parameters);
  const names = columns.names.map(quoteName);
  const ordered = order.columns.map(quoteName);
  const places = ordered.map((_, place) => `o${place}`).join(', ');
  const text = `
with page as (
  select ${names.map((name) => `q.${name}`).join(', ')}
    from ${from}
   where ${conditions.join('\n     and ') || 'true'}
   order by ${ordered.map((name) => `q.${name}`).join(', ')}
   fetch first ${limits.rows} rows with ties
), written as (
  select ${ordered.map((name, place) => `page.${name} as o${place}`).join(', ')}, row_to_json(shown.*)::text as record
    from (select * from page limit ${limits.equalRows + 1}) as page
   cross join lateral (select ${shownColumns(selection)}) as shown
), sized as (
  select ${places}, octet_length(record) as bytes,
         case when octet_length(record) <= ${limits.rowBytes} then record else left(record, ${BEGINNING}) end as record
    from written
), measured as (
  select ${places}, bytes, record, count(*) over () as total,
         sum(octet_length(record)) over (order by ${places}) as up_to,
         coalesce(sum(octet_length(record)) over (
           order by ${places} groups between unbounded preceding and 1 preceding), 0) as before
    from sized
)
select case when up_to <= ${limits.hardBytes} then record end as record, bytes::int4 as bytes, total::int4 as total,
       array[${ordered.map((_, place) => `o${place}::text`).join(', ')}] as place
  from measured
 where before = 0 or (before < ${limits.softBytes} and up_to <= ${limits.hardBytes})
 order by ${places}`;
  return { text, values: parameters.values };
}

function shownColumns({ columns, zone }: RowSelection): string {
  return columns.names
    .map((name) => {
      const column = `page.${quoteName(name)}`;
      if (!columns.withoutZone.has(name)) return column;
      return `${column} at time zone ${quoteText(zone)} as ${quoteName(name)}`;
    })
    .join(', ');
}

/** What is asked of the rows without a cursor: how many there are, or that and a digest of them all. */
export type AbsentQuestion = 'count' | 'digest';

/** NULL cursors beyond this are not counted one by one. */
export const NULLS_COUNTED = 1_000;

/** Asks for the rows without a cursor, and whether a column that tells rows apart is NULL anywhere. */
export function absentStatement(
  template: SqlTemplate,
  parameters: SqlParameters,
  { order, columns }: Pick<RowSelection, 'order' | 'columns'>,
  question: AbsentQuestion | undefined,
): Statement {
  const from = subquery(template, parameters);
  const count = (column: string, most: number): string =>
    `(select count(*) from (select from ${from} where q.${quoteName(column)} is null limit ${most}) as n)::int4`;
  // In any order: rows without a cursor may have none.
  const digest = (column: string): string => `
       (select concat(count(*), ' ', sum(hashtextextended(row_to_json(n.*)::text, 0)))
          from (select ${columns.names.map((name) => `q.${quoteName(name)}`).join(', ')}
                  from ${from} where q.${quoteName(column)} is null) as n)`;
  const { cursor } = order;
  const apart = order.columns.slice(cursor === undefined ? 0 : 1);
  const absent = cursor !== undefined && question !== undefined;
  const asked = [
    ...(absent ? [question === 'count' ? count(cursor, NULLS_COUNTED) : digest(cursor)] : []),
    ...apart.map((name) => count(name, 1)),
  ];
  const called = [...(absent ? ['absent'] : []), ...apart.map((_, place) => `apart${place}`)];
  const text = `select ${asked.map((sql, place) => `${sql} as ${called[place]}`).join(',\n       ')}`;
  return { text, values: parameters.values };
}
