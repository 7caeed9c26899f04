import type { Queryable } from '../connect.ts';
import type { TargetColumn } from './target-column.ts';

export interface TargetColumns {
  readonly added: readonly TargetColumn[];
  /** Every name that a column has, or had when it was added. */
  readonly names: ReadonlySet<string>;
}

/** The columns of a target as they are now. */
export async function listTargetColumns(db: Queryable, target: string): Promise<TargetColumns> {
  const added = await db.query<TargetColumn>({
    name: 'list-target-columns',
    text: `
      select column_name as name, type, field, variant_of as "variantOf"
        from tidemark.target_columns_of($1)`,
    values: [target],
  });
  const names = await db.query<{ name: string }>({
    name: 'list-target-names',
    text: `
      select attname::text as name from pg_attribute where attrelid = $1::text::regclass and not attisdropped
      union
      select column_name from tidemark.target_columns where target = $1::text`,
    values: [target],
  });
  return { added: added.rows, names: new Set(names.rows.map(({ name }) => name)) };
}
