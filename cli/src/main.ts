#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of the time that a short command takes is for reading the sources; what is read once is kept.
enableCompileCache();
const { runCli } = await import('./program.ts');

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  out: process.stdout,
  err: process.stderr,
});
// A connection that never came about must not keep a finished command alive.
process.exit(code);
