import type { Queryable } from '../connect.ts';

export interface LetterEdit {
  readonly collector: string;
  readonly id: string;
  readonly payload: string;
}

/** Gives an open dead letter of a record or row another payload, and keeps what came beside it; false when there is none. */
export async function editLetter(db: Queryable, edit: LetterEdit): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'edit-letter',
    text: `
      update tidemark.dead_letters
         set payload = $3, original_payload = coalesce(original_payload, payload),
             edited_at = clock_timestamp()
       where id = $2::bigint and collector_name = $1 and status = 'open'
         and kind in ('record', 'row')`,
    values: [edit.collector, edit.id, edit.payload],
  });
  return rowCount === 1;
}
