import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The service's name from the package in its folder: `@tidemark/loader` is `tidemark-loader`. */
export function serviceName(folder: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || !('name' in manifest))
      return 'tidemark';
    return String(manifest.name).replace(/^@/, '').replaceAll('/', '-') || 'tidemark';
  } catch {
    // A process that is started elsewhere still has a name to be found by.
    return 'tidemark';
  }
}
