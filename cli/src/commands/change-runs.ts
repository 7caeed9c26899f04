import type { Command } from 'commander';
import type { ChangeOptions } from './actions/change-runs.ts';
import type { CliIo } from '../cli-io.ts';

const changes = [
  {
    verb: 'pause',
    says: 'let the running runs of a collector ask for nothing more until they are resumed',
  },
  {
    verb: 'resume',
    says: 'let the paused runs of a collector go on where they were',
  },
  {
    verb: 'cancel',
    says: 'end the active runs of a collector; what they have loaded stays',
  },
] as const;

/** `tidemark pause`, `resume` and `cancel`: what is done to runs that are active. */
export function addRunChanges(program: Command, io: CliIo): void {
  for (const { verb, says } of changes) {
    program
      .command(verb)
      .description(says)
      .argument('<collector>', "the collector's name")
      .option('--run <id>', 'only this run')
      .option('--triggered-by <text>', 'who or what does it', 'cli')
      .option('--json', 'print JSON', false)
      .action(async (name: string, options: ChangeOptions) => {
        const { changeRuns } = await import('./actions/change-runs.ts');
        await changeRuns(io, verb, name, options);
      });
  }
}
