import { randomUUID } from 'node:crypto';
import { CancelCommand } from '@tidemark/contracts';
import type { Command } from 'commander';
import { type CliIo, FailedError, print, printJson } from '../cli-io.ts';
import { openBus, openStore } from '../open.ts';
import { readCollector, readCommand } from '../read-command.ts';
import { sendCommand } from '../send-command.ts';

interface Options {
  readonly run?: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** `tidemark cancel`: ends active runs; what they have loaded stays. */
export function addCancel(program: Command, io: CliIo): void {
  program
    .command('cancel')
    .description('end the active runs of a collector; what they have loaded stays')
    .argument('<collector>', "the collector's name")
    .option('--run <id>', 'only this run')
    .option('--triggered-by <text>', 'who or what ends it', 'cli')
    .option('--json', 'print JSON', false)
    .action(async (name: string, options: Options) => {
      const collector = readCollector(name);
      const body = readCommand(CancelCommand, {
        commandId: randomUUID(),
        runId: options.run,
        triggeredBy: options.triggeredBy,
      });
      await using store = openStore(io);
      await using bus = await openBus(io);
      const answer = await sendCommand(bus, store, { verb: 'cancel', collector, body });
      const reasons = answer.reasons.length > 0 ? `: ${answer.reasons.join('; ')}` : '';
      if (options.json) printJson(io, answer);
      else print(io, `${answer.outcome}${reasons}`);
      if (answer.outcome === 'refused') throw new FailedError('the command was refused');
    });
}
