import type { Queryable } from '../connect.ts';

export interface CollectorSwitch {
  readonly name: string;
  readonly enabled: boolean;
}

/** Switches a collector on or off, which registrations leave as it is. Tells whether that changed anything. */
export async function setCollectorEnabled(
  db: Queryable,
  { name, enabled }: CollectorSwitch,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'set-collector-enabled',
    text: `
      update tidemark.collectors
         set enabled = $2, updated_at = clock_timestamp(), scheduled_at = clock_timestamp()
       where name = $1 and enabled <> $2`,
    values: [name, enabled],
  });
  return rowCount === 1;
}
