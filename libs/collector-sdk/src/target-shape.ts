import type { Definition } from './definition/definition.ts';

export interface Column {
  readonly name: string;
  /** PostgreSQL's name of the type. */
  readonly type: string;
}

/** A target as the loader, the transformer and the registration all see it: a table with a key, whatever its kind. */
export interface TargetShape {
  readonly schema: string;
  readonly table: string;
  /** The columns a load batch carries, in the order of its COPY text. */
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly version: string | undefined;
}

/** The audit and lineage columns that every target has beside its own. */
export const auditColumns: readonly Column[] = [
  { name: 'created_at', type: 'timestamptz' },
  { name: 'updated_at', type: 'timestamptz' },
  { name: '_run_id', type: 'uuid' },
  { name: '_batch_id', type: 'bigint' },
  { name: '_asked_at', type: 'timestamptz' },
];

/** When a row was found to be gone from the source; of targets whose deletions are marked. */
export const DELETED_AT: Column = { name: '_deleted_at', type: 'timestamptz' };

/**
 * A digest of a record's children, kept with its row: a record whose children changed is a changed record. NULL says that it
 * has none.
 */
export const CHILDREN_DIGEST: Column = { name: '_children', type: 'text' };

/** Whether rows that are gone from the source stay in the target, with a mark. */
export function marksDeletions({ incremental }: Pick<Definition, 'incremental'>): boolean {
  return incremental.kind === 'snapshot' && incremental.deletions === 'mark';
}

const rawColumns: readonly Column[] = [
  { name: 'content_hash', type: 'text' },
  { name: 'reference_date', type: 'date' },
  { name: 'payload', type: 'jsonb' },
];

/** The shape of a definition's target; a raw target is a table whose key is the hash of its payload. */
export function targetShape(definition: Definition): TargetShape {
  const { target } = definition;
  if (target.kind === 'raw') {
    return {
      schema: target.schema,
      table: target.table,
      columns: rawColumns,
      key: ['content_hash'],
      version: undefined,
    };
  }
  return {
    schema: target.schema,
    table: target.table,
    columns: [
      ...Object.entries(target.fields).map(([name, { type }]) => ({ name, type })),
      ...(target.quality === undefined ? [] : [{ name: target.quality, type: 'bigint' }]),
      ...(target.children ? [CHILDREN_DIGEST] : []),
    ],
    key: target.key,
    version: target.version,
  };
}
