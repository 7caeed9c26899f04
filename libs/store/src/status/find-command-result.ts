import type { Queryable } from '../connect.ts';

/** What a command that starts nothing found out, or nothing. */
export async function findCommandResult(db: Queryable, commandId: string): Promise<unknown> {
  const { rows } = await db.query<{ result: unknown }>({
    name: 'find-command-result',
    text: 'select result from tidemark.commands where id = $1',
    values: [commandId],
  });
  return rows[0]?.result ?? undefined;
}
