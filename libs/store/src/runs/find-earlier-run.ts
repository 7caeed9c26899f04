import type { Queryable } from '../connect.ts';
import { chunksOfEarlierRun, type EarlierRun, earlierRunColumns } from './earlier-run.ts';

/** A run by its id, with what it left open, or nothing. */
export async function findEarlierRun(db: Queryable, id: string): Promise<EarlierRun | undefined> {
  const { rows } = await db.query<EarlierRun>({
    name: 'find-earlier-run',
    text: `select ${earlierRunColumns} from tidemark.collector_runs r ${chunksOfEarlierRun} where r.id = $1`,
    values: [id],
  });
  return rows[0];
}
