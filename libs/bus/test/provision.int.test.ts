import { TransientError } from '@tidemark/runtime';
import { freshNats, testServers } from '@tidemark/testkit';
import { freePort } from '@tidemark/local';
import { expect, test } from 'vitest';
import {
  type Bus,
  connectBus,
  createDefinitions,
  messagesOfRun,
  provision,
  provisionCollector,
  publishBatch,
  putDefinition,
  streams,
  waitForTopology,
} from '../src/index.ts';
import { aBatch, logger, route, runId, startBusTest } from './a-bus.ts';

const settings = { maxBytes: 8_388_608, replicas: 1, ackWaitMs: 30_000 };
const open = new AbortController().signal;

test('provisioning from two processes at once, and again, leaves one of everything', async () => {
  await using nats = await freshNats();
  await using one = await connectBus({ url: nats.url, name: 'one', logger });
  await using two = await connectBus({ url: nats.url, name: 'two', logger });

  const both = [one, two].map(async (bus) => {
    await provision(bus, settings);
    await provisionCollector(bus, 'github', { concurrency: 3, ackWaitMs: 30_000 });
  });
  await Promise.all(both);
  const before = await one.jsm.streams.info('RAW_LIVE');
  await provision(one, settings);

  expect(await streamNames(two)).toEqual(
    [
      ...streams.map(({ name }) => name),
      'KV_tidemark_definitions',
      'KV_tidemark_timeline',
    ].toSorted(),
  );
  expect((await one.jsm.streams.info('RAW_LIVE')).created).toBe(before.created);
  expect(before.config).toMatchObject({
    retention: 'workqueue',
    discard: 'new',
    max_bytes: 8_388_608,
  });
  expect((await two.jsm.streams.info('EXTRACT_LIVE')).config.max_bytes).toBe(-1);
  expect((await two.jsm.consumers.info('EXTRACT_BACKFILL', 'extract-github')).config).toMatchObject(
    {
      max_ack_pending: 3,
      max_deliver: -1,
      filter_subject: 'tidemark.extract.backfill.github.*',
    },
  );
});

test('changed settings are taken over, and messages stay', async () => {
  await using set = await startBusTest();
  const { bus } = set;
  await provisionCollector(bus, 'github', { concurrency: 3, ackWaitMs: 30_000 });
  await publishBatch(bus, 'raw', route, aBatch(0), Buffer.from('[]'), open);

  await provision(bus, { maxBytes: 16_777_216, replicas: 1, ackWaitMs: 45_000 });
  await provisionCollector(bus, 'github', { concurrency: 9, ackWaitMs: 45_000 });

  const stream = await bus.jsm.streams.info('RAW_LIVE');
  const consumer = await bus.jsm.consumers.info('RAW_LIVE', 'transform');
  const tasks = await bus.jsm.consumers.info('EXTRACT_LIVE', 'extract-github');
  expect(stream.config.max_bytes).toBe(16_777_216);
  expect(stream.state.messages).toBe(1);
  expect(consumer.config.ack_wait).toBe(45_000_000_000);
  expect(tasks.config.max_ack_pending).toBe(9);
});

/** Only servers of our own can be told to form a cluster. */
test.skipIf(testServers().nats.kind !== 'binary')(
  'with more servers than before, everything that was there has a copy on each of them',
  async () => {
    await using cluster = await startCluster();
    const { bus } = cluster;
    await provision(bus, settings);

    await provision(bus, { ...settings, replicas: 3 });

    const names = await streamNames(bus);
    const infos = await Promise.all(names.map(async (name) => bus.jsm.streams.info(name)));
    expect(infos.map(({ config }) => `${config.name} ${config.num_replicas}`)).toEqual(
      names.map((name) => `${name} 3`),
    );
  },
);

/** Three nats-servers, and a connection to one of them. */
async function startCluster(): Promise<AsyncDisposable & { readonly bus: Bus }> {
  await using opened = new AsyncDisposableStack();
  const ports = [await freePort(), await freePort(), await freePort()];
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const started = ports.map(async (port) => {
    const cluster = `{ name: test, listen: "127.0.0.1:${port}", routes: [${routes}] }`;
    return opened.use(
      await freshNats({ configLines: `server_name: "n${port}"\ncluster: ${cluster}` }),
    );
  });
  const [first] = await Promise.all(started);
  const bus = opened.use(await connectBus({ url: first?.url ?? '', name: 'test', logger }));
  const moved = opened.move();
  return { bus, [Symbol.asyncDispose]: async () => moved.disposeAsync() };
}

test('a setting that the server refuses is told as a setting to correct', async () => {
  await using nats = await freshNats();
  await using bus = await connectBus({ url: nats.url, name: 'test', logger });

  await expect(provision(bus, { ...settings, replicas: 3 })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

test('who comes before the streams waits for them', async () => {
  await using nats = await freshNats();
  await using early = await connectBus({ url: nats.url, name: 'early', logger });
  await using maker = await connectBus({ url: nats.url, name: 'maker', logger });
  const impatient = new AbortController();
  const place = { stream: 'LOAD_LIVE', consumer: 'load' };
  const waiting = waitForTopology(early, place, open);
  const givenUp = waitForTopology(early, { stream: 'NONE', consumer: 'none' }, impatient.signal);

  await provision(maker, settings);
  await waiting;
  impatient.abort(new Error('enough'));

  await expect(givenUp).rejects.toThrow('enough');
});

test('the messages of a run are counted apart from those of others', async () => {
  await using set = await startBusTest();
  const other = '3f0c1d5e-9999-4222-8333-444455556666';
  for (const seq of [0, 1, 2]) {
    await publishBatch(set.bus, 'raw', route, aBatch(seq), Buffer.from('[]'), open);
  }
  const theirs = { ...aBatch(0), runId: other };
  await publishBatch(set.bus, 'raw', route, theirs, Buffer.from('[]'), open);

  expect(await messagesOfRun(set.bus, 'raw', 'live', runId)).toBe(3);
  expect(await messagesOfRun(set.bus, 'raw', 'live', other)).toBe(1);
  expect(await messagesOfRun(set.bus, 'load', 'live', runId)).toBe(0);
  await set.bus.js.publish(`tidemark.extract.live.unknown.${runId}`, '{}');
  expect(await messagesOfRun(set.bus, 'extract', 'live', runId)).toBe(1);
  await set.nats.kill();
  await expect(messagesOfRun(set.bus, 'raw', 'live', runId)).rejects.toThrow(TransientError);
});

test('a definition is found by its revision, and waited for until it is there', async () => {
  await using set = await startBusTest();
  const definitions = createDefinitions(set.bus);

  await expect(definitions.get('github', '0123456789abcdef')).rejects.toMatchObject({
    name: 'TransientError',
    code: 'DEFINITION_MISSING',
  });
  await putDefinition(set.bus, 'github', '0123456789abcdef', '{"name":"github"}');
  await putDefinition(set.bus, 'github', '0123456789abcdef', '{"name":"github"}');
  const first = await definitions.get('github', '0123456789abcdef');
  await set.nats.kill();

  expect(first).toEqual({ name: 'github' });
  expect(await definitions.get('github', '0123456789abcdef')).toBe(first);
});

async function streamNames(bus: Bus): Promise<string[]> {
  const names: string[] = [];
  for await (const name of bus.jsm.streams.names()) names.push(name);
  return names.toSorted();
}
