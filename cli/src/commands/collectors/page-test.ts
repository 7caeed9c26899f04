import type { Command } from 'commander';
import type { PageTestOptions } from './actions/page-test/test-page.ts';
import type { CliIo } from '../../cli-io.ts';
import { addPartitionOption, readCount } from '../../plan-options.ts';

/** `tidemark collectors test`: one page of a source, fetched and mapped from here, and written nowhere. */
export function addTest(collectors: Command, io: CliIo): void {
  const command = collectors
    .command('test')
    .description('fetch one page from here, show what it becomes, and write nothing')
    .argument('<definition>', 'the name of a collector, or a file that ends in .yaml')
    .option('--from <cursor>', 'begin of the window: a date, an instant or an integer')
    .option('--to <cursor>', 'end of the window')
    .option('--id <id>', 'an id of a worklist; repeatable', collect, [])
    .option('--rows <n>', 'rows and rejects that are shown', readCount, 10)
    .option('--json', 'print JSON, with all rows', false);
  addPartitionOption(command).action(async (name: string, options: PageTestOptions) => {
    const { testPage } = await import('./actions/page-test/test-page.ts');
    await testPage(io, name, options);
  });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
