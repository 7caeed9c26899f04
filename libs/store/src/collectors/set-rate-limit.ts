import type { Queryable } from '../connect.ts';

/** What a definition says about the budget of its source. */
export interface RateLimit {
  readonly source: string;
  readonly collectorName: string;
  /** Undefined where the definition declares no rate. */
  readonly declared:
    | {
        readonly intervalMicros: bigint;
        readonly slackMicros: bigint;
        readonly bearMicros: bigint;
        readonly reserve: number;
      }
    | undefined;
}

/**
 * Declares the budget of a source, for all its entities and tokens; what is already booked, paused and learnt stays. A
 * definition that declares nothing takes away only what it declared itself before.
 */
export async function setRateLimit(db: Queryable, limit: RateLimit): Promise<void> {
  const { source, collectorName, declared } = limit;
  await db.query({
    name: 'set-rate-limit',
    text: `
      with declared as (
        select $3::bigint as interval_us, $4::bigint as slack_us, $5::bigint as bear_us, $6::numeric as reserve,
               $7::boolean as is_declared
      ), budget as (
        insert into tidemark.rate_limits (key, source, declared_by, interval_us, slack_us, bear_us, reserve)
        select $1, $1, case when is_declared then $2 end, interval_us, slack_us, bear_us, reserve
          from declared
        on conflict do nothing
      )
      update tidemark.rate_limits l
         set interval_us = d.interval_us, slack_us = d.slack_us, bear_us = d.bear_us, reserve = d.reserve,
             declared_by = case when d.is_declared then $2 end
        from declared d
       where l.source = $1
         and (d.is_declared or l.declared_by = $2)
         and (l.interval_us, l.slack_us, l.bear_us, l.reserve, l.declared_by)
             is distinct from (d.interval_us, d.slack_us, d.bear_us, d.reserve, case when d.is_declared then $2 end)`,
    values: [
      source,
      collectorName,
      (declared?.intervalMicros ?? 0n).toString(),
      (declared?.slackMicros ?? 0n).toString(),
      (declared?.bearMicros ?? 0n).toString(),
      declared?.reserve ?? 0,
      declared !== undefined,
    ],
  });
}
