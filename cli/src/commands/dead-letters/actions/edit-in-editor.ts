import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../cli-io.ts';

/** Lets a person change a text in an editor, and gives it as it was left. The file is nobody else's, and gone afterwards. */
export async function editInEditor(editor: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-letter-'));
  const file = join(folder, 'record.json');
  try {
    await writeFile(file, text, { mode: 0o600 });
    // As git does: the setting is a command with its options, so a shell reads it, and the file is its last argument.
    const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new UsageError(`The editor ended with ${code}: nothing was changed.`);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
