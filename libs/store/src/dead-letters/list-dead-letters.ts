import type { LetterKind, LetterStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** A dead letter as it is listed; the fields are those of the table. */
export interface DeadLetterRow {
  readonly id: string;
  readonly collector_name: string;
  readonly run_id: string | null;
  readonly chunk_id: number | null;
  readonly kind: LetterKind;
  readonly code: string;
  readonly reason: string;
  readonly status: LetterStatus;
  readonly created_at: string;
  readonly edited_at: string | null;
  readonly replays: number;
  readonly replay_run_id: string | null;
  readonly settled_at: string | null;
  readonly note: string | null;
}

export interface DeadLetterFilter {
  readonly collector?: string | undefined;
  readonly runId?: string | undefined;
  /** A code, or a part of a reason. */
  readonly reason?: string | undefined;
  /** All when absent. */
  readonly status?: LetterStatus | undefined;
  readonly limit: number;
}

const instant = (column: string): string =>
  `to_char(d.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column}`;

export const deadLetterColumns = `
  d.id::text, d.collector_name, d.run_id, d.chunk_id, d.kind, d.code, d.reason, d.status,
  ${instant('created_at')}, ${instant('edited_at')}, d.replays, d.replay_run_id,
  ${instant('settled_at')}, d.note`;

const text = `
select ${deadLetterColumns}
  from tidemark.dead_letters d
 where ($1::text is null or d.collector_name = $1)
   and ($2::uuid is null or d.run_id = $2)
   and ($3::text is null or d.code = $3 or position(lower($3) in lower(d.reason)) > 0)
   and ($4::text is null or d.status = $4)
 order by d.id desc
 limit $5`;

/** Dead letters, the newest first, without what they hold. */
export async function listDeadLetters(
  db: Queryable,
  { collector, runId, reason, status, limit }: DeadLetterFilter,
): Promise<DeadLetterRow[]> {
  const { rows } = await db.query<DeadLetterRow>({
    name: 'list_dead_letters',
    text,
    values: [collector ?? null, runId ?? null, reason ?? null, status ?? null, limit],
  });
  return rows;
}
