import { headers as newHeaders } from '@nats-io/nats-core';
import { batchId, type BatchHeaders } from '@tidemark/contracts';
import { createLogger } from '@tidemark/runtime';
import { freshNats, type NatsServer } from '@tidemark/testkit';
import { type Bus, connectBus, createGate, type LanesOptions, provision } from '../src/index.ts';

/** Says nothing: the tests look at what happens, not at what is told. */
export const logger = createLogger('test');
logger.level = process.env['TIDEMARK_TEST_LOG'] ?? 'silent';

export const runId = '3f0c1d5e-1111-4222-8333-444455556666';
export const route = { collector: 'github', runClass: 'live' } as const;
export const rawSubject = `tidemark.raw.live.github.${runId}`;

export interface BusTest extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly bus: Bus;
}

export interface BusTestOptions {
  readonly maxBytes?: number;
  readonly ackWaitMs?: number;
}

/** A server of its own with all streams, and a connection to it. */
export async function startBusTest(options: BusTestOptions = {}): Promise<BusTest> {
  const nats = await freshNats();
  const bus = await connectBus({ url: nats.url, name: 'test', logger });
  const { maxBytes = 8_388_608, ackWaitMs = 1_000 } = options;
  await provision(bus, { maxBytes, replicas: 1, ackWaitMs });
  return {
    nats,
    bus,
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await nats.stop();
    },
  };
}

/** Lanes on RAW_LIVE that do nothing, but for what a test says. */
export function rawLanes(options: Partial<LanesOptions>): LanesOptions {
  return {
    stream: 'RAW_LIVE',
    consumer: 'transform',
    lanes: 2,
    gate: createGate(2),
    ackWaitMs: 1_000,
    logger,
    stopGraceMs: 1_000,
    handler: () => Promise.resolve(),
    onEnd: () => Promise.resolve(),
    ...options,
  };
}

/** Puts a message on RAW_LIVE as somebody else would. */
export async function putRaw(bus: Bus, text: string, version = '1'): Promise<void> {
  const headers = newHeaders();
  headers.set('Tidemark-Version', version);
  await bus.js.publish(rawSubject, text, { headers });
}

export function aBatch(seq: number, digest = '0123456789abcdef'): BatchHeaders {
  return {
    version: 1,
    runId,
    chunkId: 0,
    attempt: 1,
    seq,
    digest,
    part: 0,
    parts: 1,
    outcome: 'page',
    askedAt: '1700000000000000',
    revision: 'fedcba9876543210',
    records: 1,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding: 'identity',
  };
}

export function rawId(seq: number): string {
  return batchId('raw', aBatch(seq));
}

/** How many messages RAW_LIVE holds. */
export async function rawMessages(bus: Bus): Promise<number> {
  return (await bus.jsm.streams.info('RAW_LIVE')).state.messages;
}

export function textOf(msg: { readonly data: Uint8Array }): string {
  return Buffer.from(msg.data).toString();
}
