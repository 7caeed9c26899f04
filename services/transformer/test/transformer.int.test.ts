import {
  type Bus,
  connectBus,
  decodeBody,
  encodeBody,
  provision,
  publish,
  publishBatch,
  putDefinition,
} from '@tidemark/bus';
import { Definition } from '@tidemark/collector-sdk';
import { type BatchHeaders, readBatchHeaders } from '@tidemark/contracts';
import { createLogger, type Service } from '@tidemark/runtime';
import { freshNats, type NatsServer, waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startTransformer } from '../src/service.ts';

const REVISION = '0123456789abcdef';
const RUN = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const route = { collector: 'people', runClass: 'live' } as const;
const { signal } = new AbortController();

const people = Definition.parse({
  name: 'people',
  source: { name: 'crm', baseUrl: 'https://crm.example' },
  request: { path: '/people' },
  incremental: { kind: 'full' },
  transform: { function: 'shout' },
  target: {
    kind: 'table',
    table: 'people',
    key: ['id'],
    fields: { id: { type: 'bigint' }, name: { type: 'text' } },
  },
});

let nats: NatsServer;
let bus: Bus;
let service: Service;

beforeAll(async () => {
  nats = await freshNats();
  bus = await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') });
  const config = readConfig({ NATS_URL: nats.url, TIDEMARK_ACK_WAIT_MS: '2000' });
  const functions = {
    shout: (record: Record<string, unknown>) => ({
      ...record,
      name: String(record['name']).toUpperCase(),
    }),
  };
  // Started before the streams exist: it waits for them.
  const starting = startTransformer(config, functions);
  await provision(bus, { maxBytes: 16 * 1024 * 1024, replicas: 1, ackWaitMs: 2_000 });
  service = await starting;
  await putDefinition(bus, 'people', REVISION, JSON.stringify(people));
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await nats.stop();
});

function headersOf(seq: number, more: Partial<BatchHeaders> = {}): BatchHeaders {
  return {
    version: 1,
    runId: RUN,
    chunkId: 4,
    attempt: 2,
    seq,
    digest: seq.toString(16).padStart(16, '0'),
    part: 0,
    parts: 1,
    outcome: 'page',
    askedAt: '1700000000123456',
    revision: REVISION,
    records: 0,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding: 'identity',
    ...more,
  };
}

async function send(records: string, rejects: string, headers: BatchHeaders): Promise<void> {
  const body = encodeBody(Buffer.from(records + rejects));
  const sections: [number, number] = [Buffer.byteLength(records), Buffer.byteLength(rejects)];
  await publishBatch(
    bus,
    'raw',
    route,
    { ...headers, sections, contentEncoding: body.contentEncoding },
    body.body,
    signal,
  );
}

/** The next message for the loader, taken off its stream. */
async function loaded() {
  const consumer = await bus.js.consumers.get('LOAD_LIVE', 'load');
  const msg = await waitFor(async () => consumer.next({ expires: 1_000 }), {
    what: 'a load batch',
  });
  await msg.ackAck();
  const read = readBatchHeaders((name) => msg.headers?.get(name) || undefined);
  if (!read.success) throw new Error('the headers of a load batch are malformed');
  const body = decodeBody(read.data.contentEncoding, msg.data, 1e7);
  const [text = 0] = read.data.sections ?? [];
  return {
    headers: read.data,
    text: body.toString('utf8', 0, text),
    rest: body.toString('utf8', text),
  };
}

describe('a raw batch', () => {
  it('becomes one load batch of the same identity: COPY text, then rejects with their places in the part', async () => {
    const records =
      '[{"id":9007199254740993,"name":"ana"},{"id":"x","name":"bo"},{"id":3,"name":"c\\td"}]';
    const rejects = '[{"position":1,"code":"RECORD_TOO_LARGE","reason":"big","payload":"{"}]';
    await send(records, rejects, headersOf(1, { records: 3, rejected: 1 }));
    const { headers, text, rest } = await loaded();
    expect(headers).toMatchObject({
      runId: RUN,
      chunkId: 4,
      attempt: 2,
      seq: 1,
      records: 2,
      rejected: 2,
      askedAt: '1700000000123456',
    });
    expect(text).toBe('9007199254740993\tANA\n3\tC\\tD\n');
    expect(JSON.parse(rest)).toMatchObject([
      { position: 1, code: 'RECORD_TOO_LARGE' },
      { position: 2, code: 'RECORD_INVALID', payload: '{"id":"x","name":"bo"}' },
    ]);
  });

  it('goes on when it is empty, whatever its outcome', async () => {
    await send('[]', '', headersOf(2, { outcome: 'last' }));
    expect(await loaded()).toMatchObject({
      headers: { outcome: 'last', records: 0, sections: [0, 0] },
      text: '',
      rest: '',
    });
  });

  it('passes unchanged when it is an ending', async () => {
    const failure = { kind: 'page', code: 'SOURCE_REJECTED', reason: 'no', payload: '' };
    await publishBatch(
      bus,
      'raw',
      route,
      headersOf(3, { outcome: 'failed' }),
      Buffer.from(JSON.stringify(failure)),
      signal,
    );
    const { headers, rest } = await loaded();
    expect(headers).toEqual(headersOf(3, { outcome: 'failed' }));
    expect(JSON.parse(rest)).toEqual(failure);
  });

  it('that cannot be read goes on as an ending of its own part', async () => {
    await send('[{"id":1', '', headersOf(4, { records: 1 }));
    const { headers, rest } = await loaded();
    expect(headers).toMatchObject({
      outcome: 'failed',
      chunkId: 4,
      seq: 4,
      digest: '0000000000000004',
      revision: REVISION,
    });
    expect(JSON.parse(rest)).toMatchObject({
      kind: 'message',
      code: 'MESSAGE_INVALID',
      payload: '[{"id":1',
    });
  });

  it('without readable headers goes on with what its subject tells', async () => {
    await publish(bus, {
      subject: `tidemark.raw.live.people.${RUN}`,
      stream: 'RAW_LIVE',
      id: 'garbage',
      data: 'garbage',
      headers: [['Tidemark-Version', '1']],
      signal,
    });
    const { headers, rest } = await loaded();
    expect(headers).toMatchObject({ outcome: 'failed', runId: RUN, revision: '0000000000000000' });
    expect(JSON.parse(rest)).toMatchObject({
      kind: 'message',
      code: 'MESSAGE_INVALID',
      payload: 'garbage',
    });
  });

  it('waits for a definition that is not published yet', async () => {
    const later = 'fedcba9876543210';
    await send('[{"id":1,"name":"a"}]', '', headersOf(5, { records: 1, revision: later }));
    await send('[{"id":2,"name":"b"}]', '', headersOf(6, { records: 1 }));
    expect((await loaded()).headers.seq).toBe(6);
    await putDefinition(bus, 'people', later, JSON.stringify(people));
    expect(await loaded()).toMatchObject({ headers: { seq: 5 }, text: '1\tA\n' });
  });
});
