import type { Queryable } from '../connect.ts';

/** Removes one step of what is older than it is kept for; answers how many rows, 0 when nothing is left. */
export async function prune(
  db: Queryable,
  step: { readonly keepDays: number; readonly rows: number },
): Promise<number> {
  const { rows } = await db.query<{ removed: number }>({
    name: 'prune',
    text: `select tidemark.prune(clock_timestamp() - $1 * interval '1 day', $2) as removed`,
    values: [step.keepDays, step.rows],
  });
  return rows[0]?.removed ?? 0;
}
