import type { Queryable } from '../connect.ts';

/** Changes what the waiting commands of one future run ask for. */
export async function mergeQueuedCommand(
  db: Queryable,
  runId: string,
  command: object,
): Promise<void> {
  await db.query({
    name: 'merge-queued-command',
    text: `
      update tidemark.commands
         set command = $2
       where run_id = $1 and outcome = 'queued'`,
    values: [runId, JSON.stringify(command)],
  });
}
