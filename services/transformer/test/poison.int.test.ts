import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  type Bus,
  connectBus,
  decodeBody,
  provision,
  publishBatch,
  putDefinition,
} from '@tidemark/bus';
import { Definition } from '@tidemark/collector-sdk';
import { type BatchHeaders, Failure, readBatchHeaders } from '@tidemark/contracts';
import { createLogger } from '@tidemark/runtime';
import { freshNats, type NatsServer, waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const REVISION = '0123456789abcdef';
const RUN = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const BATCHES = 30;
const DEADLY = 13;
/** At this delivery it is given up: so often but one it was run. */
const DELIVERIES = 5;

const deadly = Definition.parse({
  name: 'deadly',
  source: { name: 'crm', baseUrl: 'https://crm.example' },
  request: { path: '/things' },
  incremental: { kind: 'full' },
  transform: { function: 'die-of-13' },
  target: { kind: 'table', table: 'deadly', key: ['id'], fields: { id: { type: 'bigint' } } },
});

let nats: NatsServer;
let bus: Bus;

beforeAll(async () => {
  nats = await freshNats();
  bus = await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') });
  await provision(bus, { maxBytes: 16 * 1024 * 1024, replicas: 1, ackWaitMs: 500 });
  await putDefinition(bus, 'deadly', REVISION, JSON.stringify(deadly));
});

afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats.stop();
});

/** A transformer that is started again whenever it dies, as an orchestrator does. */
class Supervised {
  deaths = 0;
  #process: ChildProcess | undefined;
  #isStopping = false;
  readonly #running: Promise<void>;

  constructor() {
    this.#running = this.#keepRunning();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#process?.kill('SIGTERM');
    await this.#running;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#isStopping) {
      this.#process = spawn(
        process.execPath,
        [join(import.meta.dirname, 'transformer-that-dies.ts')],
        {
          stdio: 'ignore',
          env: {
            PATH: process.env['PATH'],
            NATS_URL: nats.url,
            OTEL_SDK_DISABLED: 'true',
            TIDEMARK_ACK_WAIT_MS: '500',
            TIDEMARK_POISON_DELIVERIES: String(DELIVERIES),
          },
        },
      );
      const [, signal] = (await once(this.#process, 'exit')) as [number | null, string | null];
      if (signal === 'SIGABRT') this.deaths += 1;
    }
  }
}

function publish(seq: number): Promise<unknown> {
  const text = Buffer.from(`[{"id":${seq}}]`);
  const headers: BatchHeaders = {
    version: 1,
    runId: RUN,
    chunkId: 0,
    attempt: 1,
    seq,
    digest: seq.toString(16).padStart(16, '0'),
    part: 0,
    parts: 1,
    outcome: 'page',
    askedAt: '1700000000123456',
    revision: REVISION,
    records: 1,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding: 'identity',
    sections: [text.length, 0],
  };
  const route = { collector: 'deadly', runClass: 'live' } as const;
  return publishBatch(bus, 'raw', route, headers, text, new AbortController().signal);
}

async function messagesIn(stream: string): Promise<number> {
  return (await bus.jsm.streams.info(stream)).state.messages;
}

/** What the loader would get, by the page that it is of. */
async function loadBatches(): Promise<Map<number, { outcome: string; body: string }>> {
  const batches = new Map<number, { outcome: string; body: string }>();
  const { state } = await bus.jsm.streams.info('LOAD_LIVE');
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await bus.jsm.streams.getMessage('LOAD_LIVE', { seq });
    const headers = readBatchHeaders((name) => message?.header.get(name));
    if (!message || !headers.success) throw new Error(`message ${seq} is no batch`);
    const { contentEncoding, outcome } = headers.data;
    const body = decodeBody(contentEncoding, message.data, 1_000_000).toString('utf8');
    batches.set(headers.data.seq, { outcome, body });
  }
  return batches;
}

test('a batch that ends its process each time is given up at last, and all others are mapped', async () => {
  for (let seq = 0; seq < BATCHES; seq += 1) await publish(seq);
  const transformer = new Supervised();
  try {
    await waitFor(async () => (await messagesIn('RAW_LIVE')) === 0, {
      what: 'every raw batch to be worked on',
      timeoutMs: 90_000,
    });
  } finally {
    await transformer.stop();
  }

  expect(transformer.deaths).toBe(DELIVERIES - 1);
  const batches = await loadBatches();
  expect(batches.size).toBe(BATCHES);
  for (const [seq, { outcome, body }] of batches) {
    if (seq === DEADLY) continue;
    expect({ seq, outcome, body }).toEqual({ seq, outcome: 'page', body: `${seq}\n` });
  }
  const { outcome, body = '{}' } = batches.get(DEADLY) ?? {};
  expect(outcome).toBe('failed');
  expect(Failure.parse(JSON.parse(body))).toMatchObject({
    kind: 'message',
    code: 'MESSAGE_POISON',
    payload: `[{"id":${DEADLY}}]`,
  });
}, 120_000);
