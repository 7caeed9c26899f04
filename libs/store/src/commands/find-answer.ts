import type { Queryable } from '../connect.ts';
import { type AnsweredCommand, commandColumns } from './answered-command.ts';

/** The answer that a command was given, or nothing. */
export async function findAnswer(db: Queryable, id: string): Promise<AnsweredCommand | undefined> {
  const { rows } = await db.query<AnsweredCommand>({
    name: 'find-answer',
    text: `select ${commandColumns} from tidemark.commands where id = $1`,
    values: [id],
  });
  return rows[0];
}
