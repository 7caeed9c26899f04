import type { Window } from '@tidemark/contracts';
import { digitsToCursor } from '../cursor-format.ts';
import { quoteName, quoteText } from './quote.ts';
import type { CursorType, QueryColumns } from './query-columns.ts';
import type { RowOrder } from './row-order.ts';
import type { RowPlace } from './row-place.ts';
import type { SqlParameters } from './sql-template.ts';

/** What the conditions of a page are made of. */
export interface RowSelection {
  readonly order: RowOrder;
  readonly columns: QueryColumns;
  /** The zone of instants that have none. */
  readonly zone: string;
  readonly window: Window | null;
  readonly place: RowPlace;
}

/** The conditions that the rows of a page meet, over the query as `q`. */
export function rowConditions(selection: RowSelection, parameters: SqlParameters): string[] {
  const { order, place } = selection;
  const cursor = order.cursor === undefined ? undefined : `q.${quoteName(order.cursor)}`;
  if (place.part === 'nulls') {
    return [`${cursor} is null`, ...afterCondition(order.columns.slice(1), place, parameters)];
  }
  return [
    ...(cursor === undefined ? [] : windowConditions(cursor, selection, parameters)),
    ...afterCondition(order.columns, place, parameters),
  ];
}

function afterCondition(
  columns: readonly string[],
  { after }: RowPlace,
  parameters: SqlParameters,
): string[] {
  if (!after || columns.length === 0) return [];
  const names = columns.map((name) => `q.${quoteName(name)}`);
  const values = columns.map((_, place) => parameters.add(after[place] ?? null));
  // Compared as a row, an index over these columns is entered right behind the last page.
  return [`(${names.join(', ')}) > (${values.join(', ')})`];
}

function windowConditions(
  cursor: string,
  { columns, window, place, zone }: RowSelection,
  parameters: SqlParameters,
): string[] {
  const type = columns.cursorType ?? 'timestamptz';
  const bound = (digits: string, end: 'from' | 'to'): string =>
    `${parameters.add(writeBound(digits, type, zone, end))}::${type}`;
  const conditions: string[] = [];
  if (window?.from !== undefined && window.from !== null) {
    conditions.push(`${cursor} >= ${bound(window.from, 'from')}`);
  }
  if (window?.to !== undefined && window.to !== null) {
    conditions.push(`${cursor} <= ${bound(window.to, 'to')}`);
  }
  if (place.until !== undefined) {
    // Dates in the future are not waited for; what changes while the chunk is read is left to the next run.
    const newest = `${cursor} <= ${bound(place.until, 'to')}`;
    const now = clocks[type];
    conditions.push(
      now === undefined ? newest : `(${newest} or ${cursor} > ${now(quoteText(zone))})`,
    );
  }
  return conditions;
}

function writeBound(digits: string, type: CursorType, zone: string, end: 'from' | 'to'): string {
  switch (type) {
    case 'bigint':
    case 'numeric':
      return digits;
    case 'timestamptz':
      return digitsToCursor(digits, 'iso');
    case 'date':
      return digitsToCursor(digits, 'date', zone, end);
    case 'timestamp':
      return digitsToCursor(digits, 'iso-local', zone, end);
  }
}

/** The source's clock as a value of the cursor; the later of two where clocks are set back soon. */
const clocks: Readonly<Record<CursorType, ((zone: string) => string) | undefined>> = {
  bigint: undefined,
  numeric: undefined,
  timestamptz: () => 'now()',
  date: (zone) => `(now() at time zone ${zone})::date`,
  timestamp: (zone) =>
    `greatest(now() at time zone ${zone}, (now() - interval '3 hours') at time zone ${zone} + interval '3 hours')`,
};
