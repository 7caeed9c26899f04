#!/usr/bin/env node
import { runCli } from './program.ts';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  out: process.stdout,
  err: process.stderr,
});
// A connection that never came about must not keep a finished command alive.
process.exit(code);
