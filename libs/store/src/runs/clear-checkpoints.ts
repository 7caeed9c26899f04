import type { RunClass } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Forgets what ended runs of a collector and class left open, in favour of a run that plans anew. */
export async function clearCheckpoints(
  db: Queryable,
  run: { readonly id: string; readonly collectorName: string; readonly runClass: RunClass },
): Promise<void> {
  await db.query({
    name: 'clear-checkpoints',
    text: `
      update tidemark.collector_runs
         set succeeded_by = $1
       where collector_name = $2 and class = $3 and completed_at is not null and succeeded_by is null
         and status in ('partial', 'failed', 'cancelled')`,
    values: [run.id, run.collectorName, run.runClass],
  });
}
