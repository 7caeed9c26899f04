import type { Command } from 'commander';
import type { ResetOptions } from './actions/reset.ts';
import type { CliIo } from '../cli-io.ts';
import { addPartitionOption } from '../plan-options.ts';

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
  addPartitionOption(command).action(async (name: string, options: ResetOptions) => {
    const { reset } = await import('./actions/reset.ts');
    await reset(io, name, options);
  });
}
