import type { Queryable } from '../connect.ts';

export interface DefinitionInUse {
  readonly name: string;
  readonly revision: string;
  readonly definition: unknown;
  /** New runs are pinned to it. */
  readonly isCurrent: boolean;
  readonly enabled: boolean;
  /** Since when the schedule is what it is, and on; microseconds since 1970 UTC. */
  readonly scheduledAt: string;
}

/** Every definition that a message may name: the current one of each collector and those of active runs. */
export async function listDefinitionsInUse(db: Queryable): Promise<DefinitionInUse[]> {
  const { rows } = await db.query<DefinitionInUse>({
    name: 'list-definitions-in-use',
    text: `
      select d.collector_name as name, d.revision, d.definition,
             d.revision = c.revision as "isCurrent", c.enabled,
             tidemark.to_micros(c.scheduled_at)::text as "scheduledAt"
        from tidemark.definitions d
        join tidemark.collectors c on c.name = d.collector_name
       where d.revision = c.revision
          or exists (select from tidemark.collector_runs r
                      where r.collector_name = d.collector_name and r.revision = d.revision
                        and r.status in ('running', 'paused', 'closing'))
       order by d.collector_name, d.revision`,
  });
  return rows;
}
