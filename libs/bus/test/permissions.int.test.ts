import { connect, type NatsConnection } from '@nats-io/transport-node';
import { commandVerbs } from '@tidemark/contracts';
import { guardedNats, waitFor, type GuardedNats, type NatsUser } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectBus,
  createDefinitions,
  hearEvents,
  provision,
  provisionCollector,
  publishBatch,
  publishEvent,
  putDefinition,
  type Bus,
} from '../src/index.ts';
import { aBatch, logger, putRaw, route } from './a-bus.ts';

const services = ['watermark', 'extractor', 'transformer', 'loader', 'cli'] as const;
const workStreams = ['EXTRACT', 'RAW', 'LOAD'].flatMap((stage) => [
  `${stage}_LIVE`,
  `${stage}_BACKFILL`,
]);

let nats: GuardedNats;
const buses = new Map<NatsUser, Bus>();
const open = new AbortController().signal;

const busOf = (user: NatsUser): Bus => {
  const bus = buses.get(user);
  if (!bus) throw new Error(`no connection of ${user}`);
  return bus;
};

beforeAll(async () => {
  nats = await guardedNats();
  for (const user of services) {
    buses.set(user, await connectBus({ url: nats.urlOf(user), name: user, logger }));
  }
  const settings = { maxBytes: 8_388_608, replicas: 1, ackWaitMs: 30_000 };
  await provision(busOf('watermark'), settings);
  await provisionCollector(busOf('watermark'), 'github', { concurrency: 3, ackWaitMs: 30_000 });
  await putDefinition(busOf('watermark'), 'github', 'fedcba9876543210', '{"name":"github"}');
});

afterAll(async () => {
  await Promise.all([...buses.values()].map((bus) => bus[Symbol.asyncDispose]()));
  await nats?.server.stop();
});

/** Why the server does not take what a user publishes; nothing when it does. What it takes is answered, by the stream. */
async function refusalOf(user: NatsUser, subject: string): Promise<string | undefined> {
  try {
    await busOf(user).nc.request(subject, '{}', { timeout: 2_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const denied = (subject: string): unknown =>
  expect.stringContaining(`Permissions Violation for Publish to "${subject}"`);

const subjects = {
  command: 'tidemark.command.run.x',
  extract: 'tidemark.extract.live.x.y',
  raw: 'tidemark.raw.backfill.x.y',
  load: 'tidemark.load.live.x.y',
  event: 'tidemark.event.run.x',
} as const;
type Kind = keyof typeof subjects;

const own: Readonly<Record<NatsUser, readonly Kind[]>> = {
  watermark: ['command', 'extract', 'raw', 'load', 'event'],
  extractor: ['extract', 'raw', 'event'],
  transformer: ['raw', 'load'],
  loader: ['load', 'event'],
  cli: ['command'],
};

describe('what a user may publish', () => {
  test.each(services)('%s: what its work gives, and nothing of anybody else', async (user) => {
    for (const [kind, subject] of Object.entries(subjects)) {
      const refusal = await refusalOf(user, subject);
      if (own[user].includes(kind as Kind)) expect(refusal).toBeUndefined();
      else expect(refusal).toEqual(denied(subject));
    }
  });

  test('no command comes from a service that reads, maps or loads', async () => {
    for (const user of ['extractor', 'transformer', 'loader'] as const) {
      for (const verb of commandVerbs) {
        const subject = `tidemark.command.${verb}.github`;
        expect(await refusalOf(user, subject)).toEqual(denied(subject));
      }
    }
  });

  test('an ack of another stage, and a definition, come from nobody else', async () => {
    for (const user of ['extractor', 'transformer', 'loader', 'cli'] as const) {
      const ack = `$JS.ACK.${user === 'loader' ? 'RAW_LIVE.transform' : 'LOAD_LIVE.load'}.1.1.1.1.0`;
      expect(await refusalOf(user, ack)).toEqual(denied(ack));
      const definition = '$KV.tidemark_definitions.github.fedcba9876543210';
      expect(await refusalOf(user, definition)).toEqual(denied(definition));
    }
  });
});

describe('what a user may ask of JetStream', () => {
  test('streams and consumers are made, changed and removed by the watermark service alone', async () => {
    for (const user of ['extractor', 'transformer', 'loader', 'cli'] as const) {
      const requests = [
        'STREAM.CREATE.MINE',
        'STREAM.UPDATE.RAW_LIVE',
        'STREAM.DELETE.RAW_LIVE',
        'STREAM.PURGE.RAW_LIVE',
        'STREAM.LIST',
        'CONSUMER.CREATE.LOAD_LIVE',
        'CONSUMER.CREATE.LOAD_LIVE.mine',
        'CONSUMER.DURABLE.CREATE.RAW_LIVE.mine',
        'CONSUMER.DELETE.RAW_LIVE.transform',
        'STREAM.SNAPSHOT.RAW_LIVE',
        'STREAM.MSG.GET.COMMANDS',
      ];
      for (const request of requests) {
        const subject = `$JS.API.${request}`;
        expect(await refusalOf(user, subject)).toEqual(denied(subject));
      }
    }
  });

  test.each([
    ['extractor', 'EXTRACT'],
    ['transformer', 'RAW'],
    ['loader', 'LOAD'],
    ['cli', 'none'],
  ] as const)('%s takes and reads messages of %s only', async (user, stage) => {
    for (const stream of workStreams) {
      if (stream.startsWith(stage)) continue;
      const requests = [
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.${stream.startsWith('RAW') ? 'transform' : 'load'}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
        `$JS.API.DIRECT.GET.${stream}`,
        `$JS.API.STREAM.MSG.DELETE.${stream}`,
      ];
      for (const subject of requests) {
        expect(await refusalOf(user, subject)).toEqual(denied(subject));
      }
    }
  });
});

describe('what a user may hear', () => {
  async function refusedSubscription(user: NatsUser, subject: string): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const subscription = busOf(user).nc.subscribe(subject, {
      callback: (error) => resolve(error?.message),
    });
    await busOf(user).nc.flush();
    // A refusal comes before the answer to the flush.
    setImmediate(() => resolve(undefined));
    return promise.finally(() => subscription.unsubscribe());
  }

  test('no service hears the work of another, nor anybody the answers to another', async () => {
    for (const user of services) {
      const foreign = services.find((other) => other !== user) ?? 'cli';
      const heard = ['>', 'tidemark.>', 'tidemark.load.>', 'tidemark.raw.>', 'tidemark.command.>'];
      for (const subject of [...heard, '_INBOX.>', `_INBOX.${foreign}.>`, '$JS.>', '$KV.>']) {
        expect(await refusedSubscription(user, subject), `${user} ${subject}`).toContain(
          'Permissions Violation for Subscription',
        );
      }
    }
  });

  test('those who tell people what happens hear events', async () => {
    const heard: string[] = [];
    for (const user of ['watermark', 'cli'] as const) {
      busOf(user).nc.subscribe('tidemark.event.>', { callback: () => void heard.push(user) });
      await busOf(user).nc.flush();
    }
    await publishEvent(busOf('loader'), 'run', 'github', {});
    await waitFor(() => heard.length === 2, { what: 'both to hear the event' });
    expect(await refusedSubscription('loader', 'tidemark.event.>')).toContain('Violation');
  });

  test('whoever may not hear events goes on with what it may do', async () => {
    using _heard = hearEvents(busOf('loader'), 'run', () => undefined);
    await busOf('loader').nc.flush();

    await publishEvent(busOf('loader'), 'run', 'github', {});
    const { config } = await busOf('loader').jsm.consumers.info('LOAD_LIVE', 'load');
    expect(config.durable_name).toBe('load');
  });
});

test('a stage works with what it may: definitions, its consumer, its acks, and what came back', async () => {
  const definitions = createDefinitions(busOf('transformer'));
  expect(await definitions.get('github', 'fedcba9876543210')).toEqual({ name: 'github' });
  await busOf('watermark').jsm.streams.purge('RAW_LIVE');
  await putRaw(busOf('extractor'), 'first');
  await publishBatch(busOf('transformer'), 'load', route, aBatch(0), Buffer.from('x'), open);
  const consumer = await busOf('transformer').js.consumers.get('RAW_LIVE', 'transform');
  const message = await consumer.next({ expires: 2_000 });
  expect(message?.string()).toBe('first');
  expect(await message?.ackAck()).toBe(true);
});

describe('who may come in', () => {
  const attempt = (options: { user?: string; pass?: string }): Promise<NatsConnection> =>
    connect({ servers: nats.server.url, reconnect: false, ...options });

  test('nobody without a user, and nobody with another password', async () => {
    await expect(attempt({})).rejects.toThrow(/authorization/i);
    await expect(attempt({ user: 'loader', pass: 'guess' })).rejects.toThrow(/authorization/i);
    await expect(attempt({ user: 'loader', pass: '' })).rejects.toThrow(/authorization/i);
  });

  test('a person with the standard tools sends a command, and needs no more for it', async () => {
    const connection = await attempt({ user: 'cli', pass: nats.passwordOf('cli') });
    connection.publish('tidemark.command.run.github', '{}');
    await connection.flush();
    await connection.close();
    await waitFor(
      async () => (await busOf('watermark').jsm.streams.info('COMMANDS')).state.messages > 0,
      {
        what: 'the command to be in its stream',
      },
    );
  });
});
