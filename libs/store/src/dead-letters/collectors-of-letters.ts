import type { Queryable } from '../connect.ts';

/** Which dead letters belong to which collector; those that there are not are left out. */
export async function collectorsOfLetters(
  db: Queryable,
  letters: readonly string[],
): Promise<{ readonly collector: string; readonly letters: readonly string[] }[]> {
  const { rows } = await db.query<{ collector: string; letters: string[] }>({
    name: 'collectors_of_letters',
    text: `
      select d.collector_name as collector, array_agg(d.id::text order by d.id) as letters
        from tidemark.dead_letters d
       where d.id = any ($1::bigint[])
       group by d.collector_name
       order by d.collector_name`,
    values: [letters],
  });
  return rows;
}
