import type { Queryable } from '../connect.ts';

/** PostgreSQL's clock in microseconds since 1970 UTC, as digits. */
export async function readClock(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ now: string }>({
    name: 'read-clock',
    text: 'select tidemark.to_micros(clock_timestamp())::text as now',
  });
  return rows[0]?.now ?? '0';
}
