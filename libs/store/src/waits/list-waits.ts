import type { Queryable } from '../connect.ts';

/** What batches of a collector wait for; the fields are those of the table. */
export interface WaitRow {
  readonly collector_name: string;
  readonly code: string;
  readonly reason: string;
  readonly since: string;
}

const text = `
select w.collector_name, w.code, w.reason,
       to_char(w.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
  from tidemark.waits w
 where tidemark.still_waits(w.seen_at)
 order by w.collector_name`;

/** The collectors whose batches wait now. One that has ended without a word is forgotten after two minutes. */
export async function listWaits(db: Queryable): Promise<WaitRow[]> {
  const { rows } = await db.query<WaitRow>({ name: 'list_waits', text });
  return rows;
}
