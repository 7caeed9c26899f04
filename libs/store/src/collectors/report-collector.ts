import type { Queryable } from '../connect.ts';

export interface CollectorReport {
  readonly name: string;
  readonly status: 'invalid' | 'blocked';
  readonly reason: string;
  /** The file that defines it; null for a built-in one. */
  readonly origin: string | null;
}

/** Notes what is wrong with a collector; its last good revision stays in use. Tells whether that was news. */
export async function reportCollector(db: Queryable, report: CollectorReport): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'report-collector',
    text: `
      insert into tidemark.collectors as c (name, status, error_message, origin)
      values ($1, $2, $3, $4)
      on conflict (name) do update
         set status = excluded.status, error_message = excluded.error_message, origin = excluded.origin,
             updated_at = clock_timestamp()
       where (c.status, c.error_message, c.origin)
             is distinct from (excluded.status, excluded.error_message, excluded.origin)`,
    values: [report.name, report.status, report.reason, report.origin],
  });
  return rowCount === 1;
}
