import { hash } from 'node:crypto';
import { type Bus, connectBus, encodeBody, provision, publish, putDefinition } from '@tidemark/bus';
import { writeBatchHeaders } from '@tidemark/contracts';
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
import { startLoader } from '../src/service.ts';
import { copyOf, LoadFixture, orders } from './load-fixture.ts';

// A thousand bad messages are a thousand lines of the log.
vi.hoisted(() => {
  process.env['TIDEMARK_LOG_LEVEL'] ??= 'silent';
});

const LETTERS = 1_000;
const SEED = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20_263);
const REVISION = '0123456789abcdef';
const STREAM = 'LOAD_LIVE';
const MOST_HELD = 50;

let nats: NatsServer;
let bus: Bus;
let fixture: LoadFixture;
let service: Service;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  nats = await freshNats();
  fixture = await LoadFixture.open();
  bus = await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') });
  await provision(bus, { maxBytes: 64 * 1024 * 1024, replicas: 1, ackWaitMs: 30_000 });
  await putDefinition(bus, 'orders', REVISION, JSON.stringify(orders));
  service = await startLoader(
    readConfig({ NATS_URL: nats.url, DATABASE_URL: fixture.database.url }),
  );
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await nats.stop();
  await fixture[Symbol.asyncDispose]();
  process.off('unhandledRejection', onUnhandled);
});

const digestOf = (place: number): string => place.toString(16).padStart(16, 'f');

/** A good batch of a chunk of its own, whose digest tells its number. */
function goodLetter(place: number): Letter {
  const rows = Array.from({ length: place % 3 === 0 ? 40 : 2 }, (_, row) => ({
    id: place * 100 + row,
    note: place % 5 === 0 ? String.raw`a\tb\\c` : 'plain',
  }));
  const reject = '[{"position":1,"code":"RECORD_INVALID","reason":"r","payload":"p"}]';
  const text = copyOf(rows);
  const rejects = Buffer.from(place % 4 === 0 ? reject : '');
  const { body, contentEncoding } = encodeBody(Buffer.concat([text, rejects]));
  const headers = fixture.headers({ rows, chunkId: place, digest: digestOf(place) });
  const rejected = rejects.length > 0 ? 1 : 0;
  const sections: [number, number] = [text.length, rejects.length];
  return {
    headers: writeBatchHeaders({ ...headers, rejected, contentEncoding, sections }),
    body,
  };
}

async function send(letter: Letter, id: string): Promise<void> {
  await publish(bus, {
    subject: `tidemark.load.live.orders.${fixture.runId}`,
    stream: STREAM,
    id,
    data: letter.body,
    headers: letter.headers.filter(([, value]) => value !== ''),
    signal: AbortSignal.timeout(20_000),
  });
}

const valueOf = ({ headers }: Letter, wanted: string): string =>
  headers.findLast(([name]) => name === wanted)?.[1] ?? '';

/** A message of a newer release waits for one that reads it, and one that names a definition for that. */
function mayBeHeld(letter: Letter): boolean {
  return (
    Number(valueOf(letter, 'Tidemark-Version')) > 2 ||
    valueOf(letter, 'Tidemark-Definition') !== REVISION
  );
}

/** A batch of another chunk or attempt, which are not open: the fence refuses it, and nothing is to be kept of it. */
function isElsewhere(letter: Letter, place: number): boolean {
  return (
    valueOf(letter, 'Tidemark-Chunk') !== String(place) ||
    valueOf(letter, 'Tidemark-Attempt') !== '1'
  );
}

async function heldLetters(): Promise<number[]> {
  const { state } = await bus.jsm.streams.info(STREAM);
  const held: number[] = [];
  // Most of them are still on their way.
  if (state.messages > MOST_HELD) return [-1];
  for (let seq = state.first_seq; seq <= state.last_seq && held.length < state.messages; seq += 1) {
    const stored = await bus.jsm.streams.getMessage(STREAM, { seq }).catch(() => null);
    if (stored) held.push(Number(stored.header.get('Nats-Msg-Id')));
  }
  return held;
}

test('each of a thousand mutated batches is loaded or kept as a dead letter, and a good one still gets through', async () => {
  await fixture.startRun(LETTERS + 1);
  await fixture.recordPage({ chunkId: LETTERS, seq: 0, last: true });
  const letters = Array.from(
    { length: LETTERS },
    (_, place): MutatedLetter => mutatedLetters(goodLetter(place), SEED + place).next().value,
  );

  for (let from = 0; from < LETTERS; from += 100) {
    const some = letters.slice(from, from + 100);
    await Promise.all(some.map(async (letter, place) => send(letter, String(from + place))));
  }
  // The page that is recorded has the digest of the fixture.
  const rows = [{ id: 1 }, { id: 2 }];
  const text = copyOf(rows);
  const headers = fixture.headers({ rows, chunkId: LETTERS });
  await send(
    { headers: writeBatchHeaders({ ...headers, sections: [text.length, 0] }), body: text },
    String(LETTERS),
  );

  const held = await waitFor(
    async () => {
      const places = await heldLetters();
      const left = places.map((place) => letters[place]);
      const isDone = left.every((letter) => letter && mayBeHeld(letter));
      return isDone ? new Set(left) : undefined;
    },
    { what: 'nothing to be left but what is held', timeoutMs: 240_000 },
  );
  const kept = await fixture.rows<{ digest: string }>(
    `select digest from tidemark.batches union select digest from tidemark.dead_letters`,
  );
  const known = new Set(kept.map(({ digest }) => digest));
  const isLost = (letter: MutatedLetter, place: number): boolean =>
    !held.has(letter) &&
    !isElsewhere(letter, place) &&
    !known.has(valueOf(letter, 'Tidemark-Digest')) &&
    !known.has(hash('sha256', letter.body).slice(0, 16));
  expect(letters.filter(isLost).map(({ what }) => what)).toEqual([]);
  // Nothing of it is a mistake of the program.
  const poison = `select reason from tidemark.dead_letters where code = 'MESSAGE_POISON'`;
  expect(await fixture.rows(poison)).toEqual([]);
  const good = `select status from tidemark.chunks where run_id = $1 and chunk_id = $2`;
  expect(await fixture.rows(good, [fixture.runId, LETTERS])).toEqual([{ status: 'done' }]);
  expect(unhandled).toEqual([]);
}, 300_000);
