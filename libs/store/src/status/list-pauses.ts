import type { Queryable } from '../connect.ts';

/** A source, or one of its entities or tokens, that is asked for nothing for now. */
export interface PauseRow {
  readonly source: string;
  /** The source's name, with the entity or the token that is counted. */
  readonly key: string;
  readonly until: string;
  /** A pause was asked for, or the quota is used up. */
  readonly reason: 'asked' | 'quota';
}

const text = `
select l.source, l.key,
       to_char(greatest(l.paused_until, q.until) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until,
       case when l.paused_until >= q.until then 'asked' else 'quota' end as reason
  from tidemark.rate_limits l
 cross join lateral (
    select case when l.remaining < 1 then l.resets_at else '-infinity' end as until) as q
 where greatest(l.paused_until, q.until) > clock_timestamp() + $1::integer * interval '1 second'
 order by l.key`;

/** The pauses of sources that last for so many seconds more at least. */
export async function listPauses(db: Queryable, secondsLeft: number): Promise<PauseRow[]> {
  const values = [secondsLeft];
  const { rows } = await db.query<PauseRow>({ name: 'list_pauses', text, values });
  return rows;
}
