import type { Queryable } from '../connect.ts';
import { type CommandOutcome, type AnsweredCommand, commandColumns } from './answered-command.ts';

export interface QueuedAnswer {
  readonly runId: string;
  readonly outcome: Exclude<CommandOutcome, 'queued'>;
  readonly reasons: readonly string[];
}

/** Gives all waiting commands of one future run their final answer; answers which they were. */
export async function answerQueuedCommands(
  db: Queryable,
  { runId, outcome, reasons }: QueuedAnswer,
): Promise<AnsweredCommand[]> {
  const { rows } = await db.query<AnsweredCommand>({
    name: 'answer-queued-commands',
    text: `
      update tidemark.commands
         set outcome = $2, reasons = reasons || $3::text[], command = null,
             answered_at = clock_timestamp()
       where run_id = $1 and outcome = 'queued'
      returning ${commandColumns}`,
    values: [runId, outcome, reasons],
  });
  return rows;
}
