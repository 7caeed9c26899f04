/** A registered collector as people see it: how it is, and the main points of its last good definition. */
export interface CollectorSummaryRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly status: 'ready' | 'invalid' | 'blocked';
  readonly error_message: string | null;
  /** The last good one; null, as what follows from it, when there is none. */
  readonly revision: string | null;
  readonly incremental_kind: string | null;
  readonly target_schema: string | null;
  readonly target_table: string | null;
  readonly schedule_cron: string | null;
  readonly schedule_zone: string | null;
  readonly registered_at: string;
  readonly updated_at: string;
}

export const collectorColumns = `
       c.name, c.enabled, c.status, c.error_message, c.revision,
       c.definition #>> '{incremental,kind}' as incremental_kind,
       c.definition #>> '{target,schema}'    as target_schema,
       c.definition #>> '{target,table}'     as target_table,
       c.definition #>> '{schedule,cron}'    as schedule_cron,
       c.definition #>> '{schedule,zone}'    as schedule_zone,
       to_char(c.registered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as registered_at,
       to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at`;
