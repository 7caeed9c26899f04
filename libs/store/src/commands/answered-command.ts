import type { CommandEvent } from '@tidemark/contracts';

export type CommandOutcome = CommandEvent['outcome'];

export interface AnsweredCommand {
  readonly id: string;
  readonly verb: string;
  readonly collectorName: string;
  readonly outcome: CommandOutcome;
  readonly reasons: readonly string[];
  readonly runId: string | null;
  /** The checked command, while it is queued. */
  readonly command: unknown;
  /** What a command that starts nothing was to find out. */
  readonly result?: unknown;
}

export const commandColumns = `
  id, verb, collector_name as "collectorName", outcome, reasons, run_id as "runId", command`;
