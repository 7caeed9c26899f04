import type { Queryable } from '../connect.ts';
import { storable } from './insert-dead-letters.ts';

export interface LetterDiscard {
  readonly collector: string;
  readonly letters: readonly string[];
  readonly reason: string;
}

/** Closes open dead letters that nobody will replay; answers which. */
export async function discardLetters(db: Queryable, discard: LetterDiscard): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'discard-letters',
    text: `
      update tidemark.dead_letters
         set status = 'discarded', note = $3, settled_at = clock_timestamp()
       where id = any ($2::bigint[]) and collector_name = $1 and status = 'open'
      returning id::text`,
    values: [discard.collector, discard.letters, storable(discard.reason)],
  });
  return rows.map(({ id }) => id);
}
