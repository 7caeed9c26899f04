import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { definitionSchema } from './docs/definition-schema.ts';
import { errorsPage } from './docs/errors-page.ts';
import { messagesPage } from './docs/messages-page.ts';

const pages = {
  'docs/messages.md': messagesPage,
  'docs/errors.md': errorsPage,
  'docs/definition.schema.json': definitionSchema,
};

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale = Object.entries(pages).filter(([path, page]) => read(path) !== `${page()}\n`);

if (values.check) {
  for (const [path] of stale) console.error(`${path} is not up to date: run \`npm run docs\`.`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, page] of stale) {
    writeFileSync(urlOf(path), `${page()}\n`);
    console.error(`${path} written.`);
  }
}

function urlOf(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(urlOf(path), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
