import { registry } from '@tidemark/collectors';
import { colours as pc } from '../../../print/colours.ts';
import { type CliIo, FailedError, UsageError, print, printJson, say } from '../../../cli-io.ts';
import { showCounted } from '../../../print/show.ts';
import { type CheckedFile, checkFiles } from './check-files.ts';
import { findCollectorsFolder } from './config.ts';
import { readFiles } from './read-files.ts';

/** Prints the mistakes of definitions, found without any server; fails if there is one. */
export async function checkCollectors(
  io: CliIo,
  paths: readonly string[],
  options: { readonly json: boolean },
): Promise<void> {
  const files = await readFiles(paths.length > 0 ? paths : [usualFolder(io)], io.folder);
  const checked = checkFiles(files, registry);
  const mistakes = checked.flatMap(({ file, mistakes: own }) =>
    own.map(({ line, path, message }) => ({ file, line, path, message })),
  );
  if (options.json) printJson(io, mistakes);
  else for (const each of checked) print(io, describe(each));
  const found = showCounted(mistakes.length, 'mistake');
  say(io, `${showCounted(checked.length, 'definition')} checked, ${found} found.`);
  if (mistakes.length > 0) throw new FailedError(found);
}

function usualFolder(io: CliIo): string {
  const folder = findCollectorsFolder(io.env, io.folder);
  if (folder !== undefined) return folder;
  throw new UsageError(
    'Name files or folders to check: TIDEMARK_COLLECTORS_DIR is not set, and there is no folder .tidemark/collectors here or above.',
  );
}

function describe({ file, name, mistakes }: CheckedFile): string {
  if (mistakes.length === 0) return `${file}: ${pc.green('good')} (${name})`;
  return mistakes
    .map(({ line, path, message }) =>
      [`${file}:${line}`, ...(path ? [pc.bold(path)] : []), message].join(': '),
    )
    .join('\n');
}
