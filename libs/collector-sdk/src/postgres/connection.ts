import type { Statement } from './page-query.ts';
import type { DescribedColumn } from './query-columns.ts';

/** What a driver answers to a statement. */
export interface StatementAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly DescribedColumn[];
}

/** A connection to a source database that nobody else uses meanwhile. */
export interface Connection {
  query(statement: Statement): Promise<StatementAnswer>;
}
