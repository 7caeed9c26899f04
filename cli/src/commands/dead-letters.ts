import type { Command } from 'commander';
import type { CliIo } from '../cli-io.ts';
import { addDiscard } from './dead-letters/discard.ts';
import { addEdit } from './dead-letters/edit.ts';
import { addList } from './dead-letters/list.ts';
import { addReplay } from './dead-letters/replay.ts';
import { addShow } from './dead-letters/show.ts';

/** `tidemark dead-letters`: what could not be loaded, and what is done about it. */
export function addDeadLetters(program: Command, io: CliIo): void {
  const letters = program
    .command('dead-letters')
    .description('list, show, edit, replay and discard what could not be loaded');
  for (const add of [addList, addShow, addEdit, addReplay, addDiscard]) add(letters, io);
}
