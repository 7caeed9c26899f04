import { randomUUID } from 'node:crypto';
import { CancelCommand, PauseCommand, ResumeCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { askAndPrint } from '../ask-and-print.ts';
import type { CliIo } from '../cli-io.ts';
import { readCollector, readCommand } from '../read-command.ts';

interface Options {
  readonly run?: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

const changes = [
  {
    verb: 'pause',
    schema: PauseCommand,
    says: 'let the running runs of a collector ask for nothing more until they are resumed',
  },
  {
    verb: 'resume',
    schema: ResumeCommand,
    says: 'let the paused runs of a collector go on where they were',
  },
  {
    verb: 'cancel',
    schema: CancelCommand,
    says: 'end the active runs of a collector; what they have loaded stays',
  },
] as const;

/** `tidemark pause`, `resume` and `cancel`: what is done to runs that are active. */
export function addRunChanges(program: Command, io: CliIo): void {
  for (const { verb, schema, says } of changes) {
    program
      .command(verb)
      .description(says)
      .argument('<collector>', "the collector's name")
      .option('--run <id>', 'only this run')
      .option('--triggered-by <text>', 'who or what does it', 'cli')
      .option('--json', 'print JSON', false)
      .action(async (name: string, options: Options) => {
        const collector = readCollector(name);
        const body = readCommand(schema, {
          commandId: randomUUID(),
          runId: options.run,
          triggeredBy: options.triggeredBy,
        });
        await askAndPrint(io, { verb, collector, body }, options);
      });
  }
}
