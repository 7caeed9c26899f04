import type { Queryable } from '../connect.ts';

/** Removes what runs remember that have ended without a sweep. */
export async function forgetSweeps(db: Queryable): Promise<void> {
  await db.query({
    name: 'forget-sweeps',
    text: `
      select tidemark.forget_sweep(s.run_id)
        from tidemark.sweeps s
        left join tidemark.collector_runs r on r.id = s.run_id
       where r.id is null or r.status not in ('running', 'paused', 'closing')`,
  });
}
