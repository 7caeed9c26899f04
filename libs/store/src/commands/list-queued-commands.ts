import type { Queryable } from '../connect.ts';
import { type AnsweredCommand, commandColumns } from './answered-command.ts';

/** Commands that wait for a run to end, of one collector or of all, oldest first; merged ones have the same run id. */
export async function listQueuedCommands(
  db: Queryable,
  collectorName?: string,
): Promise<AnsweredCommand[]> {
  const { rows } = await db.query<AnsweredCommand>({
    name: 'list-queued-commands',
    text: `
      select ${commandColumns}
        from tidemark.commands
       where outcome = 'queued' and ($1::text is null or collector_name = $1)
       order by received_at, id`,
    values: [collectorName ?? null],
  });
  return rows;
}
