import type { Queryable } from '../connect.ts';

/** What is known of the ids that a collector asked for. */
export interface IdSummaryRow {
  readonly ids: number;
  readonly answered: number;
  /** Asked for last and not answered. */
  readonly missing: number;
  readonly last_checked_at: string | null;
  /** Some of those that are missing, the newest first. */
  readonly missing_ids: readonly {
    readonly partition: string;
    readonly key: string;
    readonly missing_at: string;
    readonly missing_count: number;
  }[];
}

const instant = (value: string): string =>
  `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const text = `
select count(*)::float8 as ids,
       count(*) filter (where last_success_at is not null)::float8 as answered,
       count(*) filter (where missing_count > 0)::float8 as missing,
       ${instant('max(checked_at)')} as last_checked_at,
       (select coalesce(jsonb_agg(m), '[]')
          from (select partition, key, ${instant('missing_at')} as missing_at, missing_count
                  from tidemark.items
                 where collector_name = $1 and missing_count > 0
                 order by missing_at desc, partition, key
                 limit $2) as m) as missing_ids
  from tidemark.items
 where collector_name = $1 and kind = 'id'
having count(*) > 0`;

/** Counts a collector's ids; nothing when it never asked for any. */
export async function summarizeIds(
  db: Queryable,
  collectorName: string,
  missingShown: number,
): Promise<IdSummaryRow | undefined> {
  const values = [collectorName, missingShown];
  const { rows } = await db.query<IdSummaryRow>({ name: 'summarize-ids', text, values });
  return rows[0];
}
