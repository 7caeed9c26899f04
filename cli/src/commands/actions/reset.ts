import { randomUUID } from 'node:crypto';
import { ResetCommand } from '@tidemark/contracts';
import { askAndPrint } from '../../ask-and-print.ts';
import type { CliIo } from '../../cli-io.ts';
import { readCollector, readCommand } from '../../read-command.ts';
import { readPartition } from '../../read-partition.ts';

export interface ResetOptions {
  readonly to?: string;
  readonly all: boolean;
  readonly partition: readonly string[];
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** Forgets what is known to be loaded of a collector, and prints how that was answered. */
export async function reset(io: CliIo, name: string, options: ResetOptions): Promise<void> {
  const collector = readCollector(name);
  const body = readCommand(ResetCommand, {
    commandId: randomUUID(),
    partition: readPartition(options.partition),
    to: options.to,
    all: options.all || undefined,
    triggeredBy: options.triggeredBy,
  });
  await askAndPrint(io, { verb: 'reset', collector, body }, options);
}
