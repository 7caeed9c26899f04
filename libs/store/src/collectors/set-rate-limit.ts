import type { Queryable } from '../connect.ts';

export interface RateLimit {
  /** Name of the source that shares the budget. */
  readonly key: string;
  readonly intervalMicros: bigint;
  readonly burst: number;
}

/** Declares a source's budget; what is already booked and paused stays. */
export async function setRateLimit(db: Queryable, limit: RateLimit): Promise<void> {
  await db.query({
    name: 'set-rate-limit',
    text: `
      insert into tidemark.rate_limits as l (key, interval_us, burst)
      values ($1, $2, $3)
      on conflict (key) do update
         set interval_us = excluded.interval_us, burst = excluded.burst
       where (l.interval_us, l.burst) is distinct from (excluded.interval_us, excluded.burst)`,
    values: [limit.key, limit.intervalMicros.toString(), limit.burst],
  });
}
