import type { RunClass } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';
import { chunksOfEarlierRun, type EarlierRun, earlierRunColumns } from './earlier-run.ts';

/** The last ended run of a collector and class, if it left chunks open that no other run took up. */
export async function findCheckpoint(
  db: Queryable,
  collectorName: string,
  runClass: RunClass,
): Promise<EarlierRun | undefined> {
  const { rows } = await db.query<EarlierRun>({
    name: 'find-checkpoint',
    text: `
      select ${earlierRunColumns}
        from (select r.*
                from tidemark.collector_runs r
               where r.collector_name = $1 and r.class = $2 and r.completed_at is not null
                 and r.mode <> 'rehearsal'
               order by r.started_at desc, r.id desc
               limit 1) as r ${chunksOfEarlierRun}
       where r.succeeded_by is null and c.chunks = r.chunks_planned and c.open > 0`,
    values: [collectorName, runClass],
  });
  return rows[0];
}
