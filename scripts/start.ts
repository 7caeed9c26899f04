import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAddresses, stateFolder } from '@tidemark/local';
import { redactText } from '@tidemark/runtime';
import { runScript, say } from './stack/run-script.ts';
import { startStack } from './stack/start-stack.ts';
import { orStop } from './stack/stop-signal.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await runScript(async (signal) => {
  const folder = stateFolder(root);
  const collectorsFolder = process.env['TIDEMARK_COLLECTORS_DIR'] ?? join(folder, 'collectors');
  mkdirSync(collectorsFolder, { recursive: true });
  await using stack = await startStack({
    root,
    folder,
    given: readAddresses(process.env),
    usesUsualPorts: true,
    freshNats: false,
    serviceEnv: { ...process.env, TIDEMARK_COLLECTORS_DIR: collectorsFolder },
    signal,
    log: say,
  });
  say(welcome(stack, collectorsFolder));
  await orStop(signal, stack.failed).finally(() => say('Stopping …'));
});

function welcome(
  stack: { readonly databaseUrl: string; readonly natsUrl: string },
  folder: string,
): string {
  return `
Tidemark runs. It collects from the real APIs, when you tell it to.
  PostgreSQL  ${redactText(stack.databaseUrl)}   (with the password in .tidemark/stack.json)
  NATS        ${redactText(stack.natsUrl)}

In another terminal:
  npx tidemark status                                      collectors and how far they are
  npx tidemark run usgs-earthquakes --wait                 start a run and follow it
  nats pub tidemark.command.run.usgs-earthquakes '{}'      the same, without us
  npx tidemark runs                                        what was run

A collector of your own is a YAML file in ${folder}.
Ctrl-C stops everything.`;
}
