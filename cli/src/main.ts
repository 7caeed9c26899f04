#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of the time that a short command takes is for reading the sources; what is read once is kept.
enableCompileCache();
// The first process of a container ignores what nobody listens to: a pod that follows a run would have to be killed.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const { runCli } = await import('./program.ts');

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  out: process.stdout,
  err: process.stderr,
});
// A connection that never came about must not keep a finished command alive.
process.exit(code);
