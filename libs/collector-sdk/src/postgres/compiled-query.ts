import type { PageTask } from '@tidemark/contracts';
import type { SqlDefinition } from '../definition/definition.ts';
import { templateValues } from '../request/build-request.ts';
import type { QueryColumns } from './query-columns.ts';
import type { RowSelection } from './row-conditions.ts';
import { rowOrderOf, type RowOrder } from './row-order.ts';
import type { RowPlace } from './row-place.ts';
import { compileSql, SqlParameters, type SqlTemplate } from './sql-template.ts';

/** A definition's query, read once. */
export interface CompiledQuery {
  readonly definition: SqlDefinition;
  readonly template: SqlTemplate;
  readonly order: RowOrder;
}

/** Reads the query of a definition. */
export function compileQuery(definition: SqlDefinition): CompiledQuery {
  const template = compileSql(definition.request.sql);
  return { definition, template, order: rowOrderOf(definition) };
}

/** The values that a task gives to the `{name}` of its query. */
export function parametersOf({ definition }: CompiledQuery, task: PageTask): SqlParameters {
  return new SqlParameters(templateValues(definition, task));
}

/** Which rows a page has. */
export function selectionOf(
  { definition, order }: CompiledQuery,
  task: PageTask,
  columns: QueryColumns,
  place: RowPlace,
): RowSelection {
  const { incremental, request } = definition;
  // Days are those of the cursor's zone, as everywhere; instants without one are the database's own affair.
  const days = incremental.kind === 'cursor' ? incremental.zone : 'UTC';
  const zone = columns.cursorType === 'date' ? days : (request.zone ?? 'UTC');
  return { order, columns, zone, window: task.cursor, place };
}
