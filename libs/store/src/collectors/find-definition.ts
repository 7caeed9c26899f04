import type { Queryable } from '../connect.ts';

/** A revision of a collector's definition, or nothing. */
export async function findDefinition(
  db: Queryable,
  collectorName: string,
  revision: string,
): Promise<unknown> {
  const { rows } = await db.query<{ definition: unknown }>({
    name: 'find-definition',
    text: 'select definition from tidemark.definitions where collector_name = $1 and revision = $2',
    values: [collectorName, revision],
  });
  return rows[0]?.definition;
}
