import type { Queryable } from '../connect.ts';
import { type RunState, runColumns } from './run-state.ts';

/** A run by its id, whatever its status, or nothing. */
export async function findRunState(db: Queryable, id: string): Promise<RunState | undefined> {
  const { rows } = await db.query<RunState>({
    name: 'find-run-state',
    text: `select ${runColumns} from tidemark.collector_runs where id = $1`,
    values: [id],
  });
  return rows[0];
}
