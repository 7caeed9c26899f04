import type { Command } from 'commander';
import type { CliIo } from '../cli-io.ts';
import { addCheck } from './collectors/check.ts';
import { addList } from './collectors/list.ts';
import { addNew } from './collectors/new.ts';
import { addTest } from './collectors/page-test.ts';
import { addShow } from './collectors/show.ts';
import { addSwitches } from './collectors/switch.ts';

/** `tidemark collectors`: what is collected, and the files that say so. */
export function addCollectors(program: Command, io: CliIo): void {
  const collectors = program
    .command('collectors')
    .description('list, show, switch, check, test and begin collectors');
  for (const add of [addList, addShow, addSwitches, addCheck, addTest, addNew]) add(collectors, io);
}
