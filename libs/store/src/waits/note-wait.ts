import type { Queryable } from '../connect.ts';

export interface Wait {
  readonly collector: string;
  readonly code: string;
  readonly reason: string;
}

/** Tells that batches of a collector wait, and for what; the wait began when it was told first. */
export async function noteWait(db: Queryable, wait: Wait): Promise<void> {
  await db.query({
    name: 'note-wait',
    text: `
      insert into tidemark.waits as w (collector_name, code, reason)
      values ($1, $2, $3)
      on conflict (collector_name) do update
         set code = excluded.code, reason = excluded.reason, seen_at = excluded.seen_at,
             since = case when tidemark.still_waits(w.seen_at) then w.since else excluded.since end`,
    values: [wait.collector, wait.code, wait.reason],
  });
}
