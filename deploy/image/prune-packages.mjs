// Removes from the installed packages what a Node process never reads: type declarations, source maps, documents, and the
// second and third build that the packages of OpenTelemetry carry for bundlers.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const unread = /\.(d\.[cm]?ts|map|md|markdown|flow)$|^(CHANGELOG|README)/i;
const keep = /^licen[cs]e/i;
let freedBytes = 0;

function sizeOf(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function remove(path) {
  freedBytes += sizeOf(path);
  rmSync(path, { recursive: true });
}

function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isForBundlers = /\/@opentelemetry\/[^/]+\/build$/.test(folder) && entry.name !== 'src';
    if (isForBundlers) remove(path);
    else if (entry.isDirectory()) prune(path);
    else if (entry.isFile() && unread.test(entry.name) && !keep.test(entry.name)) remove(path);
  }
}

prune('node_modules/.pnpm');
process.stdout.write(`${(freedBytes / 1_048_576).toFixed(1)} MiB of packages removed\n`);
