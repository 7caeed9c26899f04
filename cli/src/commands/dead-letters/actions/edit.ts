import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EditCommand } from '@tidemark/contracts';
import { askAndPrint } from '../../../ask-and-print.ts';
import { type CliIo, UsageError } from '../../../cli-io.ts';
import { editorOf } from '../../../config.ts';
import { openStore } from '../../../open.ts';
import { readCommand } from '../../../read-command.ts';
import { editInEditor } from './edit-in-editor.ts';
import { readLetterId } from './read-ids.ts';
import { setFields } from './set-fields.ts';
import { mustFindLetter } from './show.ts';

export interface EditOptions {
  readonly set: readonly string[];
  readonly file?: string;
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** Gives a dead letter another payload, and prints how that was answered. */
export async function editLetter(io: CliIo, text: string, options: EditOptions): Promise<void> {
  const id = readLetterId(text);
  await using store = openStore(io);
  const { payload, collector_name: collector, kind } = await mustFindLetter(store, id);
  if (kind !== 'record' && kind !== 'row') {
    throw new UsageError(`Dead letter ${id} is of a ${kind}: only records can be edited.`);
  }
  const body = readCommand(EditCommand, {
    commandId: randomUUID(),
    letter: id,
    payload: await edited(io, payload, options),
    triggeredBy: options.triggeredBy,
  });
  await askAndPrint(io, { verb: 'edit', collector, body }, options);
}

async function edited(io: CliIo, payload: string, { set, file }: EditOptions): Promise<string> {
  if (file !== undefined && set.length > 0) {
    throw new UsageError('Either --set or --file: both say what the record is to be.');
  }
  if (set.length > 0) return setFields(payload, set);
  if (file !== undefined) return readRecord(resolve(io.folder, file));
  const editor = editorOf(io.env);
  if (editor === undefined) {
    throw new UsageError('EDITOR is not set: set it, or use --set <field=value> or --file <path>.');
  }
  const text = await editInEditor(editor, payload);
  if (text === payload) throw new UsageError('Nothing was changed.');
  return text;
}

async function readRecord(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`The file ${path} cannot be read.`, { cause });
  }
}
