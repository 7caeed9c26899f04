import type { Queryable } from '../connect.ts';
import { type CommandRow, commandColumns } from './command-row.ts';

const text = `select ${commandColumns} from tidemark.commands c where c.id = $1`;

/** The answer to one command, when there is one. */
export async function findCommand(
  db: Queryable,
  commandId: string,
): Promise<CommandRow | undefined> {
  const { rows } = await db.query<CommandRow>({ name: 'find_command', text, values: [commandId] });
  return rows[0];
}
