import type { Queryable } from '../connect.ts';
import type { TargetColumn } from './target-column.ts';

/** The added columns of a target, of which none comes or goes until the transaction ends. */
export async function holdTargetColumns(db: Queryable, target: string): Promise<TargetColumn[]> {
  const { rows } = await db.query<TargetColumn>({
    name: 'hold-target-columns',
    text: `
      select column_name as name, type, field, variant_of as "variantOf"
        from tidemark.hold_target_columns($1)`,
    values: [target],
  });
  return rows;
}
