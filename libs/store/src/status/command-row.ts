/** A command and its answer. */
export interface CommandRow {
  readonly id: string;
  readonly verb: string;
  readonly collector_name: string;
  readonly outcome: 'accepted' | 'queued' | 'skipped' | 'refused';
  readonly reasons: string[];
  readonly run_id: string | null;
  readonly answered_at: string;
}

export const commandColumns = `
       c.id, c.verb, c.collector_name, c.outcome, c.reasons, c.run_id,
       to_char(c.answered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as answered_at`;
