import type { Queryable } from '../connect.ts';
import { type CommandRow, commandColumns } from './command-row.ts';

const text = `
select ${commandColumns}
  from tidemark.commands c
 where c.outcome = 'refused' and c.answered_at > clock_timestamp() - interval '1 day'
 order by c.answered_at desc
 limit $1`;

/** Commands that were refused in the last day, the newest first. */
export async function listRefusedCommands(db: Queryable, limit: number): Promise<CommandRow[]> {
  const { rows } = await db.query<CommandRow>({
    name: 'list_refused_commands',
    text,
    values: [limit],
  });
  return rows;
}
