import { hash } from 'node:crypto';
import type { ConsumerMessages } from '@nats-io/jetstream';
import {
  type Bus,
  connectBus,
  decodeBody,
  encodeBody,
  provision,
  publish,
  putDefinition,
} from '@tidemark/bus';
import { Definition } from '@tidemark/collector-sdk';
import {
  type BatchHeaders,
  COLUMNS_VERSION,
  readBatchHeaders,
  writeBatchHeaders,
} from '@tidemark/contracts';
import { createLogger, type Service } from '@tidemark/runtime';
import {
  freshNats,
  type Letter,
  mutatedLetters,
  type MutatedLetter,
  type NatsServer,
  waitFor,
} from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startTransformer } from '../src/service.ts';

// A thousand bad messages are a thousand lines of the log.
vi.hoisted(() => {
  process.env['TIDEMARK_LOG_LEVEL'] ??= 'silent';
});

const LETTERS = 1_000;
const MOST_HELD = 50;
const SEED = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20_261);
const REVISION = '0123456789abcdef';
const RUN = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const SUBJECT = `tidemark.raw.live.people.${RUN}`;

const people = Definition.parse({
  name: 'people',
  source: { name: 'crm', baseUrl: 'https://crm.example' },
  request: { path: '/people' },
  incremental: { kind: 'full' },
  target: {
    kind: 'table',
    table: 'people',
    key: ['id'],
    fields: {
      id: { type: 'bigint' },
      born: { type: 'date' },
      seen: { type: 'timestamptz' },
      more: { type: 'jsonb' },
      tags: { type: 'text[]' },
    },
    contract: { columns: 'evolve', types: 'evolve' },
  },
});

interface Loaded {
  readonly headers: BatchHeaders;
  readonly text: string;
}

let nats: NatsServer;
let bus: Bus;
let service: Service;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  nats = await freshNats();
  bus = await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') });
  await provision(bus, { maxBytes: 64 * 1024 * 1024, replicas: 1, ackWaitMs: 2_000 });
  await putDefinition(bus, 'people', REVISION, JSON.stringify(people));
  service = await startTransformer(readConfig({ NATS_URL: nats.url, TIDEMARK_LANES: '8' }), {});
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await nats.stop();
  process.off('unhandledRejection', onUnhandled);
});

/** A good message, whose digest tells its number. */
function goodLetter(place: number): Letter {
  const record = `{"id":${place},"born":"1990-01-31","seen":"2024-01-01T00:00:00Z","more":{"a":[1]},"tags":["x"],"extra":1.5}`;
  const records = Buffer.from(
    `[${Array<string>(place % 3 === 0 ? 20 : 2)
      .fill(record)
      .join(',')}]`,
  );
  const rejects = Buffer.from(
    place % 4 === 0 ? '[{"position":1,"code":"RECORD_INVALID","reason":"r","payload":"p"}]' : '',
  );
  const { body, contentEncoding } = encodeBody(Buffer.concat([records, rejects]));
  const headers: BatchHeaders = {
    version: 1,
    runId: RUN,
    chunkId: place,
    attempt: 1,
    seq: 0,
    digest: place.toString(16).padStart(16, '0'),
    part: 0,
    parts: 1,
    outcome: 'page',
    askedAt: '1700000000123456',
    revision: REVISION,
    records: place % 3 === 0 ? 20 : 2,
    rejected: place % 4 === 0 ? 1 : 0,
    contentType: 'application/json',
    contentEncoding,
    sections: [records.length, rejects.length],
    window: { from: '0', to: null },
  };
  return { headers: writeBatchHeaders(headers), body };
}

async function send(letter: Letter, id: string): Promise<void> {
  await publish(bus, {
    subject: SUBJECT,
    stream: 'RAW_LIVE',
    id,
    data: letter.body,
    headers: letter.headers.filter(([, value]) => value !== ''),
    signal: AbortSignal.timeout(20_000),
  });
}

/** Takes everything that is for the loader off its stream. */
async function collect(found: Loaded[]): Promise<ConsumerMessages> {
  const consumer = await bus.js.consumers.get('LOAD_LIVE', 'load');
  return consumer.consume({
    callback: (msg) => {
      const headers = readBatchHeaders((name) => msg.headers?.get(name) || undefined);
      if (!headers.success) throw headers.error;
      const body = decodeBody(headers.data.contentEncoding, msg.data, 1e8);
      found.push({ headers: headers.data, text: body.toString('utf8') });
      msg.ack();
    },
  });
}

const valueOf = ({ headers }: Letter, wanted: string): string =>
  headers.findLast(([name]) => name === wanted)?.[1] ?? '';

/** A message of a newer release waits for one that reads it, and one that names a definition for that. */
function mayBeHeld(letter: Letter): boolean {
  const version = Number(valueOf(letter, 'Tidemark-Version'));
  return version > COLUMNS_VERSION || valueOf(letter, 'Tidemark-Definition') !== REVISION;
}

/** A message is known again by its digest, or where that cannot be read by its bytes. */
const namesOf = (letter: Letter): string[] => [
  valueOf(letter, 'Tidemark-Digest'),
  hash('sha256', letter.body).slice(0, 16),
];

/** The letters that are still in the stream, by their number. */
async function heldLetters(): Promise<Set<number>> {
  const { state } = await bus.jsm.streams.info('RAW_LIVE');
  const held = new Set<number>();
  // Most of them are still on their way.
  if (state.messages > MOST_HELD) return new Set([-1]);
  for (let seq = state.first_seq; seq <= state.last_seq && held.size < state.messages; seq += 1) {
    const stored = await bus.jsm.streams.getMessage('RAW_LIVE', { seq }).catch(() => null);
    if (stored) held.add(Number(stored.header.get('Nats-Msg-Id')));
  }
  return held;
}

test('each of a thousand mutated messages goes on as a batch or as an ending, and a good one still gets through', async () => {
  const found: Loaded[] = [];
  const collecting = await collect(found);
  const letters = Array.from(
    { length: LETTERS },
    (_, place): MutatedLetter => mutatedLetters(goodLetter(place), SEED + place).next().value,
  );

  for (let from = 0; from < LETTERS; from += 100) {
    const some = letters.slice(from, from + 100);
    await Promise.all(some.map(async (letter, place) => send(letter, String(from + place))));
  }
  await send(goodLetter(LETTERS), String(LETTERS));

  // What is left is held on purpose, and everything else has arrived.
  const held = await waitFor(
    async () => {
      const left = [...(await heldLetters())].map((place) => letters[place]);
      const isDone = left.every((letter) => letter && mayBeHeld(letter));
      return isDone ? new Set(left) : undefined;
    },
    { what: 'nothing to be left but what is held', timeoutMs: 240_000 },
  );
  const arrived = new Set(found.map(({ headers }) => headers.digest));
  const isLost = (letter: MutatedLetter): boolean =>
    !held.has(letter) && !namesOf(letter).some((name) => arrived.has(name));
  expect(letters.filter(isLost).map(({ what }) => what)).toEqual([]);
  // Nothing of it is a mistake of the program.
  expect(found.filter(({ text }) => text.includes('MESSAGE_POISON'))).toEqual([]);
  const good = found.find(({ headers }) => headers.chunkId === LETTERS);
  expect(good?.headers).toMatchObject({ outcome: 'page', records: 2 });
  expect(unhandled).toEqual([]);
  await collecting.close();
}, 300_000);
