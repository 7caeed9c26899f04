import type { Queryable } from '../connect.ts';
import type { AnsweredCommand } from './answered-command.ts';

/** Writes the answer to a command; false when it already has one, which stays. */
export async function insertCommand(
  db: Queryable,
  command: AnsweredCommand & { readonly payload: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert-command',
    text: `
      insert into tidemark.commands
             (id, verb, collector_name, payload, outcome, reasons, run_id, command, result)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      on conflict do nothing`,
    values: [
      command.id,
      command.verb,
      command.collectorName,
      command.payload,
      command.outcome,
      command.reasons,
      command.runId,
      command.command === null ? null : JSON.stringify(command.command),
      command.result === undefined ? null : JSON.stringify(command.result),
    ],
  });
  return rowCount === 1;
}
