import type { Statement } from './page-query.ts';

// Which moment of a database is settled. A row gets its time when its transaction begins (`now()`) or later, but is seen
// only from its commit on; so a row may appear late with any time since the beginning of the oldest transaction that is
// still open. What lies before that beginning is settled. It has to be asked before the rows are: a transaction that is no
// longer open when it is asked for is visible to the statement that reads rows afterwards.

/** What a database says of its clock and of what is still open. */
export interface SourceMoment {
  /** Its clock: µs since 1970 UTC as digits. */
  readonly nowUs: string;
  /** When the oldest open transaction began; null when none is open. */
  readonly oldestUs: string | null;
  /** Sessions whose transactions cannot be seen: the role lacks the right, or they do not report. */
  readonly hidden: number;
  /** Prepared transactions: only when they were prepared is known, not when they began. */
  readonly prepared: number;
  /** The server repeats a primary, whose open transactions it does not know; `oldestUs` is how far it has come. */
  readonly isStandby: boolean;
}

/** A session says when its transaction began only a moment after it began. */
const REPORT_LAG_US = 1_000_000n;

// `extract` is a float before PostgreSQL 14, so seconds and microseconds are taken apart.
const micros = (instant: string): string =>
  `(extract(epoch from date_trunc('second', ${instant}))::bigint * 1000000 + extract(microseconds from ${instant})::bigint % 1000000)::text`;

/** Asks a database for its clock and its oldest open transaction. */
export const momentStatement: Statement = {
  values: [],
  text: `
select ${micros('clock_timestamp()')} as now_us,
       case when pg_is_in_recovery() then ${micros('pg_last_xact_replay_timestamp()')}
            else ${micros('least(s.oldest, p.oldest)')}
       end as oldest_us,
       s.hidden, p.prepared, pg_is_in_recovery() as is_standby
  from (
    -- Who vacuums or sends the log writes no rows, and may be at it for hours.
    select min(xact_start) as oldest,
           count(*) filter (where backend_type is null or state = 'disabled')::int4 as hidden
      from pg_stat_activity
     where datname = current_database()
       and pid <> pg_backend_pid()
       and (backend_type is null or backend_type not in ('autovacuum worker', 'walsender'))
  ) as s,
  (
    select min(prepared) as oldest, count(*)::int4 as prepared
      from pg_prepared_xacts where database = current_database()
  ) as p`,
};

/** Reads what the statement gave. */
export function readMoment(row: Readonly<Record<string, unknown>> | undefined): SourceMoment {
  const { now_us: nowUs, oldest_us: oldestUs, hidden, prepared, is_standby: isStandby } = row ?? {};
  return {
    nowUs: String(nowUs),
    oldestUs: typeof oldestUs === 'string' ? oldestUs : null,
    hidden: Number(hidden),
    prepared: Number(prepared),
    isStandby: isStandby === true,
  };
}

/** The moment before which no row can appear any more; null when a standby cannot tell. */
export function settledMoment({ nowUs, oldestUs, isStandby }: SourceMoment): string | null {
  if (isStandby) return oldestUs;
  const reported = BigInt(nowUs) - REPORT_LAG_US;
  const oldest = oldestUs === null ? reported : BigInt(oldestUs);
  return (oldest < reported ? oldest : reported).toString();
}

/** Why the settled moment may be too late for this source; undefined when it cannot. */
export function doubtOf({ hidden, prepared, isStandby }: SourceMoment): string | undefined {
  const instead = 'incremental.settle has to be as long as the longest transaction that writes';
  if (isStandby) {
    return `the source is a standby, which does not know when transactions of its primary began: ${instead}`;
  }
  if (hidden > 0) {
    return `the role does not see when ${hidden} other sessions began their transactions: grant it pg_read_all_stats, or ${instead}`;
  }
  if (prepared > 0) {
    return `the source has prepared transactions, which do not tell when they began: ${instead}`;
  }
  return undefined;
}
