import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { readAddresses, stateFolder } from '@tidemark/local';
import { Store } from '@tidemark/store';
import { controlSources } from './demo/sources.ts';
import { type SourceUrls, startSimulators } from './demo/start-simulators.ts';
import { tellStory } from './demo/tell-story.ts';
import { writeDefinitions } from './demo/write-definitions.ts';
import { runScript, say } from './stack/run-script.ts';
import { type Companions, type RunningStack, startStack } from './stack/start-stack.ts';
import { orStop } from './stack/stop-signal.ts';
import { type SpanReceiver, receiveSpans } from './trace/receive-spans.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(stateFolder(root), 'demo');

await runScript(async (signal) => {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  const companions = Promise.withResolvers<{ urls: SourceUrls; receiver: SpanReceiver }>();
  await using stack = await startStack({
    root,
    folder,
    given: readAddresses(process.env),
    usesUsualPorts: false,
    freshDatabase: 'tidemark_demo',
    freshNats: true,
    serviceEnv: { TIDEMARK_LOG_LEVEL: process.env['TIDEMARK_LOG_LEVEL'] },
    prepare: async (given) => {
      const started = await startCompanions(signal, given);
      companions.resolve(started);
      return settingsFor(started);
    },
    signal,
    log: say,
  });
  const { urls, receiver } = await companions.promise;
  const isGood = await orStop(
    signal,
    Promise.race([stack.failed, demonstrate(stack, urls, receiver, signal)]),
  );
  if (!isGood) process.exitCode = 1;
  if (!values.keep) return;
  say('\nEverything stays up; Ctrl-C stops it.');
  await orStop(signal, stack.failed);
});

async function startCompanions(
  signal: AbortSignal,
  given: Companions,
): Promise<{ urls: SourceUrls; receiver: SpanReceiver }> {
  const receiver = given.owner.use(await receiveSpans());
  const urls = await startSimulators({ root, folder, signal }, given);
  writeDefinitions(join(folder, 'collectors'), urls);
  say('Simulators of the World Bank and USGS APIs run, and take the place of the real ones.');
  return { urls, receiver };
}

function settingsFor({ receiver }: { receiver: SpanReceiver }): Record<string, string> {
  return {
    TIDEMARK_COLLECTORS_DIR: join(folder, 'collectors'),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '300',
  };
}

async function demonstrate(
  stack: RunningStack,
  urls: SourceUrls,
  receiver: SpanReceiver,
  signal: AbortSignal,
): Promise<boolean> {
  await using store = new Store({
    url: stack.databaseUrl,
    name: 'tidemark-demo',
    maxConnections: 2,
  });
  const nats = await connect({ servers: stack.natsUrl, name: 'tidemark-demo' });
  try {
    const sources = controlSources(urls);
    return await tellStory({ nats, store, sources, out: process.stdout, signal }, receiver);
  } finally {
    await nats.close();
  }
}
