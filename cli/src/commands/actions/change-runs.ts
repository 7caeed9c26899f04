import { randomUUID } from 'node:crypto';
import { CancelCommand, PauseCommand, ResumeCommand } from '@tidemark/contracts';
import { askAndPrint } from '../../ask-and-print.ts';
import type { CliIo } from '../../cli-io.ts';
import { readCollector, readCommand } from '../../read-command.ts';

export interface ChangeOptions {
  readonly run?: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

const schemas = { pause: PauseCommand, resume: ResumeCommand, cancel: CancelCommand } as const;

/** Pauses, resumes or cancels the active runs of a collector, and prints how that was answered. */
export async function changeRuns(
  io: CliIo,
  verb: keyof typeof schemas,
  name: string,
  options: ChangeOptions,
): Promise<void> {
  const collector = readCollector(name);
  const body = readCommand(schemas[verb], {
    commandId: randomUUID(),
    runId: options.run,
    triggeredBy: options.triggeredBy,
  });
  await askAndPrint(io, { verb, collector, body }, options);
}
