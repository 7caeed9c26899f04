import type pg from 'pg';
import type { Difference } from './difference.ts';

/** A query whose every row is a difference: its columns are `key` and `what`. */
export async function askDifferences(
  db: Pick<pg.ClientBase, 'query'> | pg.Pool,
  where: string,
  sql: string,
): Promise<Difference[]> {
  const { rows } = await (db as pg.Pool).query<{ key: string; what: string }>(sql);
  return rows.map(({ key, what }) => ({ where, key, what }));
}
