import type { Queryable } from '../connect.ts';
import { type DeadLetterRow, deadLetterColumns } from './list-dead-letters.ts';

/** A dead letter with what it holds. */
export interface WholeDeadLetterRow extends DeadLetterRow {
  readonly seq: number | null;
  readonly part: number | null;
  readonly position: number | null;
  readonly trace_id: string | null;
  readonly payload: string;
  /** As it came, where somebody has edited it. */
  readonly original_payload: string | null;
}

const text = `
select ${deadLetterColumns}, d.seq, d.part, d.position, d.trace_id, d.payload, d.original_payload
  from tidemark.dead_letters d
 where d.id = $1::bigint`;

/** One dead letter by its number, or nothing. */
export async function findDeadLetter(
  db: Queryable,
  id: string,
): Promise<WholeDeadLetterRow | undefined> {
  const { rows } = await db.query<WholeDeadLetterRow>({
    name: 'find_dead_letter',
    text,
    values: [id],
  });
  return rows[0];
}
