import { type Command, Option } from 'commander';
import type { NewOptions } from './actions/new.ts';
import { pageKinds } from './actions/skeleton-parts/paging.ts';
import { sourceKinds, strategies } from './actions/skeleton-parts/strategies.ts';
import type { CliIo } from '../../cli-io.ts';

/** `tidemark collectors new`: a file to begin a collector with. */
export function addNew(collectors: Command, io: CliIo): void {
  collectors
    .command('new')
    .description('write <name>.yaml, a definition to begin with that explains itself')
    .argument('<name>', 'the name of the collector')
    .addOption(
      new Option('--source <kind>', 'where the records are').choices(sourceKinds).default('http'),
    )
    .addOption(
      new Option('--strategy <kind>', 'what makes a run ask only for what changed')
        .choices(strategies)
        .default('cursor'),
    )
    .addOption(
      new Option('--pages <kind>', 'how an API gives its pages (default: page)').choices(pageKinds),
    )
    .option('--folder <folder>', 'where the file is written', '.')
    .option('--json', 'print JSON', false)
    .action(async (text: string, options: NewOptions) => {
      const { newCollector } = await import('./actions/new.ts');
      await newCollector(io, text, options);
    });
}
