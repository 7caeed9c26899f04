import { targetShape, type Definition } from '@tidemark/collector-sdk';
import type { Queryable } from '@tidemark/store';
import pg from 'pg';

/** Whether a target holds no row; one that is not there yet counts as not empty, which is the careful answer. */
export async function isTargetEmpty(db: Queryable, definition: Definition): Promise<boolean> {
  const { schema, table } = targetShape(definition);
  const name = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
  const exists = await db.query<{ exists: boolean }>(
    'select to_regclass($1) is not null as exists',
    [name],
  );
  if (exists.rows[0]?.exists !== true) return false;
  const { rows } = await db.query<{ empty: boolean }>(
    `select not exists (select from ${name}) as empty`,
  );
  return rows[0]?.empty === true;
}
