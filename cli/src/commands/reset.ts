import { randomUUID } from 'node:crypto';
import { ResetCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { askAndPrint } from '../ask-and-print.ts';
import type { CliIo } from '../cli-io.ts';
import { addPartitionOption } from '../plan-options.ts';
import { readCollector, readCommand } from '../read-command.ts';
import { readPartition } from '../read-partition.ts';

interface Options {
  readonly to?: string;
  readonly all: boolean;
  readonly partition: readonly string[];
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** `tidemark reset`: forgets what is known to be loaded. */
export function addReset(program: Command, io: CliIo): void {
  const command = program
    .command('reset')
    .description('set watermarks back, so that the next run asks again; no row is deleted')
    .argument('<collector>', "the collector's name")
    .option('--to <cursor>', 'forget what lies at or after it: a date, an instant or an integer')
    .option('--all', 'forget everything', false)
    .option('--triggered-by <text>', 'who or what does it', 'cli')
    .option('--json', 'print JSON', false);
  addPartitionOption(command).action(async (name: string, options: Options) => {
    const collector = readCollector(name);
    const body = readCommand(ResetCommand, {
      commandId: randomUUID(),
      partition: readPartition(options.partition),
      to: options.to,
      all: options.all || undefined,
      triggeredBy: options.triggeredBy,
    });
    await askAndPrint(io, { verb: 'reset', collector, body }, options);
  });
}
