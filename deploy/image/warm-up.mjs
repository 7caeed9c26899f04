// Loads everything that the service in this folder loads when it starts, so that Node keeps the compiled code in
// NODE_COMPILE_CACHE. Modules of services have no side effects; only main.ts starts something.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.cwd();
const main = join(folder, 'src/main.ts');
if (!existsSync(main)) throw new Error(`${folder} is no service: it has no src/main.ts`);
const specifiers = [...readFileSync(main, 'utf8').matchAll(/ from '([^']+)';/g)].map(
  ([, specifier]) => specifier,
);
// Resolved as main.ts does it: packages are links in its own node_modules.
const { resolve } = createRequire(main);
await Promise.all(specifiers.map((specifier) => import(pathToFileURL(resolve(specifier)).href)));
process.stdout.write(`${folder}: ${specifiers.length} imports loaded\n`);
