import type { LetterKind } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface LetterContent {
  readonly kind: LetterKind;
  readonly payload: string;
  readonly askedAtUs: string;
}

/** What dead letters hold, in the order of their numbers in the list. */
export async function readLetters(
  db: Queryable,
  letters: readonly string[],
): Promise<LetterContent[]> {
  const { rows } = await db.query<LetterContent>({
    name: 'read-letters',
    text: `
      select d.kind, d.payload, l.asked_at_us::text as "askedAtUs"
        from unnest($1::bigint[]) with ordinality as chosen(id, place)
        join tidemark.dead_letters d using (id)
        join tidemark.letters_to_replay l using (id)
       order by chosen.place`,
    values: [letters],
  });
  return rows;
}
