import type { Command } from 'commander';
import type { RunOptions } from './actions/run.ts';
import type { CliIo } from '../cli-io.ts';
import { addPartitionOption, addStartOptions, modeOption } from '../plan-options.ts';

/** `tidemark run`: starts a run by a command, and follows it if asked; or tells what it would do. */
export function addRun(program: Command, io: CliIo): void {
  const command = program
    .command('run')
    .description('start a run of a collector and print its id')
    .argument('<collector>', "the collector's name")
    .addOption(modeOption())
    .option('--from <cursor>', 'begin of the window: a date, an instant or an integer')
    .option('--to <cursor>', 'end of the window')
    .option('--plan', 'print what would be asked for; start nothing', false)
    .option('--rehearse', 'load into a table of its own and tell what would change', false)
    .option('--continue [run]', 'take up what the last run, or this one, left open')
    .option('--clear-checkpoint', 'forget what earlier runs left open', false);
  addStartOptions(addPartitionOption(command)).action(async (name: string, options: RunOptions) => {
    const { run } = await import('./actions/run.ts');
    await run(io, name, options);
  });
}
