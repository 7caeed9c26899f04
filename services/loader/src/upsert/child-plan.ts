import { createHash } from 'node:crypto';
import { CHILDREN_DIGEST, targetShape, type ChildTable } from '@tidemark/collector-sdk';
import pg from 'pg';
import { mergeChildrenSql, type ParentTable } from './merge-children-sql.ts';
import type { Stage } from './staging.ts';

/** Everything about loading one child of a target that can be known before a batch arrives. */
export interface ChildLoad extends Stage {
  /** The table as its definition names it. */
  readonly name: string;
  /** Names of the columns, in the order of the COPY text. */
  readonly columns: readonly string[];
  readonly copyStageSql: string;
  /** Parameters: $1 run, $2 batch, $3 moment of asking in microseconds. */
  readonly mergeSql: string;
}

const id = pg.escapeIdentifier;

/** Plans the load of a child into a table, beside that of the records it belongs to. */
export function planChild(
  { definition, child, parentKey }: ChildTable,
  table: string,
  parent: ParentTable,
): ChildLoad {
  const shape = targetShape(definition);
  const columns = shape.columns.map(({ name }) => name);
  const staged = [CHILDREN_DIGEST, ...shape.columns];
  const types = staged.map(({ name, type }) => `${id(name)} ${type}`).join(', ');
  const { schema, table: name } = shape;
  const mark = createHash('sha256').update(`${schema}.${name} ${types}`).digest('hex');
  const stage = id(`tidemark_child_${mark.slice(0, 16)}`);
  return {
    name,
    columns: staged.map((column) => column.name),
    stage: `pg_temp.${stage}`,
    createStageSql: `create temporary table if not exists ${stage} (${types}) on commit delete rows`,
    copyStageSql: `copy pg_temp.${stage} (${staged.map((column) => id(column.name)).join(', ')}) from stdin`,
    mergeSql: mergeChildrenSql(
      {
        table,
        stage: `pg_temp.${stage}`,
        columns,
        key: shape.key,
        parentKey: parentKey.map(([column, field]) => ({ column, field })),
        removes: child.deletions === 'remove',
      },
      parent,
    ),
  };
}
