import type { Command } from 'commander';
import type { SwitchOptions } from './actions/switch.ts';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark collectors enable` and `disable`: whether new runs may begin. */
export function addSwitches(collectors: Command, io: CliIo): void {
  for (const verb of ['enable', 'disable'] as const) {
    collectors
      .command(verb)
      .description(
        verb === 'enable'
          ? 'let a collector be run again, by commands and by its schedule'
          : 'let no new run of a collector begin; active runs go on',
      )
      .argument('<collector>', "the collector's name")
      .option('--triggered-by <text>', 'who or what does it', 'cli')
      .option('--json', 'print JSON', false)
      .action(async (text: string, options: SwitchOptions) => {
        const { switchCollector } = await import('./actions/switch.ts');
        await switchCollector(io, text, verb, options);
      });
  }
}
