import type { Queryable } from '../connect.ts';

export interface CollectorRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly status: 'ready' | 'invalid' | 'blocked';
  readonly errorMessage: string | null;
  /** The last good one; null when there never was one. */
  readonly revision: string | null;
  readonly definition: unknown;
}

/** A registered collector with its last good definition, or nothing. */
export async function findCollector(
  db: Queryable,
  name: string,
): Promise<CollectorRow | undefined> {
  const { rows } = await db.query<CollectorRow>({
    name: 'find-collector',
    text: `
      select name, enabled, status, error_message as "errorMessage", revision, definition
        from tidemark.collectors
       where name = $1`,
    values: [name],
  });
  return rows[0];
}
