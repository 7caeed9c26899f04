import type { Queryable } from '../connect.ts';

export interface RegisteredDefinition {
  readonly name: string;
  readonly revision: string;
  /** The definition as JSON. */
  readonly definition: string;
  /** The file that defines it; null for a built-in one. */
  readonly origin: string | null;
}

/** Makes a revision the one that new runs of its collector are pinned to; a collector that was invalid is ready again. */
export async function registerCollector(
  db: Queryable,
  { name, revision, definition, origin }: RegisteredDefinition,
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
      insert into tidemark.collectors as c (name, revision, definition, origin)
      values ($1, $2, $3, $4)
      on conflict (name) do update
         set revision = excluded.revision, definition = excluded.definition, origin = excluded.origin,
             status = 'ready', error_message = null, updated_at = clock_timestamp(),
             scheduled_at = case when c.definition -> 'schedule' is distinct from excluded.definition -> 'schedule'
                                 then clock_timestamp() else c.scheduled_at end
       where (c.revision, c.origin, c.status, c.error_message)
             is distinct from (excluded.revision, excluded.origin, 'ready', null)`,
    values: [name, revision, definition, origin],
  });
}
