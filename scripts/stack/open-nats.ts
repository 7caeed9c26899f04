import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { endRecordedProcesses, findNatsServer, freePort, startNats } from '@tidemark/local';
import { TerminalError, redactText } from '@tidemark/runtime';
import type { StackFileWriter } from './stack-file-writer.ts';
import type { StackOptions } from './start-stack.ts';

const USUAL_PORT = 4222;
const OUR_STREAMS =
  /^(COMMANDS|EVENTS|(EXTRACT|RAW|LOAD)_(LIVE|BACKFILL)|KV_tidemark_(definitions|timeline))$/;

/** Starts a nats-server of our own, or takes the one that is given, and gives its address. */
export async function openNats(
  options: StackOptions,
  file: StackFileWriter,
  stack: AsyncDisposableStack,
): Promise<string> {
  const { folder, log, given, usesUsualPorts, root } = options;
  if (given.natsUrl !== undefined) {
    log(`NATS of NATS_URL is used: ${redactText(given.natsUrl)}.`);
    if (options.freshNats) await borrow(given.natsUrl, stack);
    return given.natsUrl;
  }
  const binary = await findNatsServer({ cacheFolder: join(root, '.tidemark', 'tools'), log });
  const storeFolder = join(folder, 'nats');
  if (options.freshNats) {
    await endRecordedProcesses(join(storeFolder, 'processes'));
    rmSync(storeFolder, { recursive: true, force: true });
  }
  const server = await startNats({
    binary,
    storeFolder,
    ...(usesUsualPorts ? { port: await freePort(USUAL_PORT) } : {}),
  });
  stack.defer(async () => server.stop());
  file.add('nats-server', server.pid);
  log(`NATS with JetStream runs on 127.0.0.1:${server.port}, with its streams in ${storeFolder}.`);
  return server.url;
}

/** Makes sure that a server has no streams of an installation, and that none of ours stay behind. */
async function borrow(url: string, stack: AsyncDisposableStack): Promise<void> {
  const there = await ourStreams(url);
  if (there.length > 0) {
    throw new TerminalError(
      'SERVERS_MISSING',
      `The server of NATS_URL has streams of Tidemark already (${there.join(', ')}), which are left alone: ` +
        'unset NATS_URL, or use another server or account.',
    );
  }
  stack.defer(async () => void (await ourStreams(url, 'delete')));
}

async function ourStreams(url: string, action: 'list' | 'delete' = 'list'): Promise<string[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    const names: string[] = [];
    for await (const name of manager.streams.names()) {
      if (OUR_STREAMS.test(name)) names.push(name);
    }
    if (action === 'delete') await Promise.all(names.map((name) => manager.streams.delete(name)));
    return names;
  } finally {
    await connection.close();
  }
}
