// Loads everything that the program in this folder may load, so that Node keeps the compiled code in NODE_COMPILE_CACHE. Modules
// have no side effects; only what is left out here starts something.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const programs = ['src/main.ts', 'src/migrate.ts'];
const folder = process.cwd();
const sources = globSync('src/**/*.ts', { cwd: folder }).filter((file) => !programs.includes(file));
if (sources.length === 0) throw new Error(`${folder} is no program: it has no src/*.ts`);
await Promise.all(sources.map((file) => import(pathToFileURL(join(folder, file)).href)));
process.stdout.write(`${folder}: ${sources.length} sources loaded\n`);
