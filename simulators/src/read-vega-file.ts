import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The text of a data file of the vega-datasets package. */
export function readVegaFile(name: string): string {
  // The package exports only its entry point, so the folder is found from there.
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  return readFileSync(join(dirname(entry), '..', 'data', name), 'utf8');
}
