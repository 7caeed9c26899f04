import { TerminalError } from '@tidemark/runtime';
import type { SqlDefinition } from '../definition/definition.ts';

/** How the rows of a query are ordered, so that each page can begin where the one before ended. */
export interface RowOrder {
  /** The column of the cursor; undefined when everything is read each time. */
  readonly cursor: string | undefined;
  /** All columns of the order, the cursor first. */
  readonly columns: readonly string[];
}

/** The order of a definition's rows: cursor and tie, or else the key of the target. */
export function rowOrderOf({ incremental, target }: SqlDefinition): RowOrder {
  const columnOf = (field: string): string =>
    (target.kind === 'table' ? target.fields[field]?.path : undefined) ?? field;
  if (incremental.kind === 'cursor') {
    const cursor = columnOf(incremental.field);
    const { tie } = incremental;
    return { cursor, columns: tie === undefined ? [cursor] : [cursor, tie] };
  }
  if (target.kind === 'table') return { cursor: undefined, columns: target.key.map(columnOf) };
  throw new TerminalError('DEFINITION_INVALID', 'a raw target has no key to page a query by');
}
