import type { Queryable } from '../connect.ts';

export interface RegisteredDefinition {
  readonly name: string;
  readonly revision: string;
  /** The definition as JSON. */
  readonly definition: string;
}

/** Makes a revision the one that new runs of its collector are pinned to; a collector that was invalid is ready again. */
export async function registerCollector(
  db: Queryable,
  { name, revision, definition }: RegisteredDefinition,
): Promise<void> {
  await db.query({
    name: 'register-definition',
    text: `
      insert into tidemark.definitions (collector_name, revision, definition)
      values ($1, $2, $3)
      on conflict do nothing`,
    values: [name, revision, definition],
  });
  await db.query({
    name: 'register-collector',
    text: `
      insert into tidemark.collectors as c (name, revision, definition)
      values ($1, $2, $3)
      on conflict (name) do update
         set revision = excluded.revision, definition = excluded.definition,
             status = 'ready', error_message = null, updated_at = clock_timestamp()
       where (c.revision, c.status, c.error_message) is distinct from (excluded.revision, 'ready', null)`,
    values: [name, revision, definition],
  });
}
