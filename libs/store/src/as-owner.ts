import type { Queryable } from './connect.ts';

/**
 * Runs statements of a transaction as the owner of the schema `tidemark`, who owns the targets as well: tables are made and
 * changed by nobody else. Where one user does everything, that is who it is already.
 */
export async function asOwner<T>(db: Queryable, work: () => Promise<T>): Promise<T> {
  const { rows } = await db.query<{ role: string }>({
    name: 'as-owner',
    text: `
      select current_setting('role') as role, set_config('role', pg_get_userbyid(nspowner), true)
        from pg_namespace
       where nspname = 'tidemark'`,
  });
  const result = await work();
  // Work that failed takes its transaction with it, and that the role.
  await db.query({
    name: 'as-oneself',
    text: `select set_config('role', $1, true)`,
    values: [rows[0]?.role ?? 'none'],
  });
  return result;
}
