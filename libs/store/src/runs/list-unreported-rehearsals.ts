import type { Queryable } from '../connect.ts';

export interface Rehearsal {
  readonly runId: string;
  readonly collectorName: string;
  readonly definition: unknown;
  /** Of one of its chunks: all of them are loaded into the table of one job. */
  readonly partition: string | null;
}

/** Rehearsals that have ended, however, and of which it is not yet told what they found. */
export async function listUnreportedRehearsals(db: Queryable): Promise<Rehearsal[]> {
  const { rows } = await db.query<Rehearsal>({
    name: 'list-unreported-rehearsals',
    text: `
      select r.id as "runId", r.collector_name as "collectorName", d.definition,
             (select c.partition from tidemark.chunks c where c.run_id = r.id limit 1) as partition
        from tidemark.collector_runs r
        join tidemark.definitions d on d.collector_name = r.collector_name and d.revision = r.revision
       where r.mode = 'rehearsal' and r.completed_at is not null and r.report is null
       order by r.completed_at`,
  });
  return rows;
}
