import type { Queryable } from '../connect.ts';

/** A time when the database was found to be an earlier one; the fields are those of the table. */
export interface RestoreRow {
  readonly noticed_at: string;
  readonly kind: 'rewound' | 'replaced';
  readonly restored_to: string;
  readonly seen_until: string;
}

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column}`;

/** Those that were noticed in the last days, the newest first. */
export async function listRestores(db: Queryable, days: number): Promise<RestoreRow[]> {
  const { rows } = await db.query<RestoreRow>({
    name: 'list-restores',
    text: `
      select ${['noticed_at', 'restored_to', 'seen_until'].map(instant).join(', ')}, kind
        from tidemark.restores
       where tidemark.restores.noticed_at > clock_timestamp() - $1 * interval '1 day'
       order by id desc`,
    values: [days],
  });
  return rows;
}
