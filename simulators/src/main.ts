import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { readArguments, usage } from './read-arguments.ts';
import type { Arguments } from './read-arguments.ts';
import { startAll } from './start-all.ts';

await run();

async function run(): Promise<void> {
  const args = findArguments();
  if (args === undefined) return;
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await using simulators = await startAll(args);
  const text = `${JSON.stringify(simulators.addresses, null, 2)}\n`;
  if (args.portFile !== undefined) {
    // Renamed into place: whoever waits for the file never reads half of it.
    await writeFile(`${args.portFile}.part`, text);
    await rename(`${args.portFile}.part`, args.portFile);
  }
  process.stdout.write(text);
  await stopped;
}

function findArguments(): Arguments | undefined {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}
