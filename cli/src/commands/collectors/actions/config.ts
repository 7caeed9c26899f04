import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that the watermark service reads definitions from: as it is set, else that of the local stack here or above. */
export function findCollectorsFolder(env: NodeJS.ProcessEnv, folder: string): string | undefined {
  const given = env['TIDEMARK_COLLECTORS_DIR']?.trim();
  if (given) return given;
  const local = join(folder, '.tidemark', 'collectors');
  if (existsSync(local)) return local;
  const above = dirname(folder);
  return above === folder ? undefined : findCollectorsFolder(env, above);
}
