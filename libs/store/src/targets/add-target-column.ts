import type { Queryable } from '../connect.ts';
import type { TargetColumn } from './target-column.ts';

/** Adds a column to a target; a lock that does not come soon throws. The caller holds the lock of `lockTarget`. */
export async function addTargetColumn(
  db: Queryable,
  target: string,
  { name, type, field, variantOf }: TargetColumn,
  runId: string,
): Promise<void> {
  await db.query({
    name: 'add-target-column',
    text: 'select tidemark.add_target_column($1, $2, $3, $4, $5, $6)',
    values: [target, name, type, field, variantOf, runId],
  });
}
