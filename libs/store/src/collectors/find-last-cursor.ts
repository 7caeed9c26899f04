import type { Queryable } from '../connect.ts';

/** How the newest run of a collector that asked by a cursor did so. */
export interface LastCursor {
  /** That part of the definition it is pinned to. */
  readonly incremental: unknown;
  /** It may still cover something. */
  readonly isActive: boolean;
}

/** The cursor by which a collector asked last, by an active run if there is one; undefined when it never did. */
export async function findLastCursor(
  db: Queryable,
  collectorName: string,
): Promise<LastCursor | undefined> {
  const runs = (condition: string): string => `
      (select d.definition -> 'incremental' as incremental, r.completed_at is null as "isActive"
         from tidemark.collector_runs r
         join tidemark.definitions d on d.collector_name = r.collector_name and d.revision = r.revision
        where r.collector_name = $1 and r.mode <> 'rehearsal' and ${condition}
          and d.definition #>> '{incremental,kind}' = 'cursor'
        order by r.started_at desc
        limit 1)`;
  const { rows } = await db.query<LastCursor>({
    name: 'find-last-cursor',
    text: `${runs(`r.status in ('running', 'paused', 'closing')`)} union all ${runs('true')} limit 1`,
    values: [collectorName],
  });
  return rows[0];
}
