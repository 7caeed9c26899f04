import { TerminalError } from '@tidemark/runtime';
import type { SqlDefinition } from '../definition/definition.ts';
import type { RowOrder } from './row-order.ts';

/** A column as PostgreSQL describes it. */
export interface DescribedColumn {
  readonly name: string;
  readonly dataTypeID: number;
}

/** What kind of value orders the rows. */
export type CursorType = 'timestamptz' | 'timestamp' | 'date' | 'bigint' | 'numeric';

/** The columns of a query that was found fit to be paged. */
export interface QueryColumns {
  readonly names: readonly string[];
  /** Columns whose instants have no zone; the request declares it. */
  readonly withoutZone: ReadonlySet<string>;
  readonly cursorType: CursorType | undefined;
}

const TIMESTAMP = 1114;

const cursorTypes: ReadonlyMap<number, CursorType> = new Map([
  [1184, 'timestamptz'],
  [TIMESTAMP, 'timestamp'],
  [1082, 'date'],
  [20, 'bigint'],
  [21, 'bigint'],
  [23, 'bigint'],
  [1700, 'numeric'],
]);

/** Takes in the columns of a query; throws when it cannot be paged by its order. */
export function readColumns(
  definition: SqlDefinition,
  order: RowOrder,
  columns: readonly DescribedColumn[],
): QueryColumns {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) refuse(`has two columns "${twice}": name one of them otherwise`);
  for (const name of order.columns) {
    if (!names.includes(name)) refuse(`has no column "${name}"; it has ${names.join(', ')}`);
  }
  const cursor = columns.find(({ name }) => name === order.cursor);
  const isNaive = ({ dataTypeID }: DescribedColumn): boolean => dataTypeID === TIMESTAMP;
  const naive = definition.request.zone === undefined ? [] : columns.filter(isNaive);
  return {
    names,
    withoutZone: new Set(naive.map(({ name }) => name)),
    cursorType: cursor && cursorTypeOf(definition, cursor),
  };
}

function cursorTypeOf(
  { incremental, request }: SqlDefinition,
  { name, dataTypeID }: DescribedColumn,
): CursorType {
  const type = cursorTypes.get(dataTypeID);
  const unit = incremental.kind === 'cursor' ? incremental.unit : 'time';
  const isInteger = type === 'bigint' || type === 'numeric';
  if (type === undefined || isInteger !== (unit === 'integer')) {
    return refuse(
      `cannot be ordered by "${name}", which is no ${unit === 'integer' ? 'integer' : 'time'}`,
    );
  }
  if (type === 'timestamp' && request.zone === undefined) {
    return refuse(
      `is ordered by "${name}", a timestamp without a zone: declare it as request.zone`,
    );
  }
  const isDay = incremental.kind === 'cursor' && incremental.format === 'date';
  if (isDay !== (type === 'date') && !isInteger) {
    return refuse(
      `is ordered by "${name}", a ${type}: declare incremental.format ${type === 'date' ? 'date' : 'iso'}`,
    );
  }
  return type;
}

function refuse(why: string): never {
  throw new TerminalError('SOURCE_REJECTED', `the query ${why}`);
}
