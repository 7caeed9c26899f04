import { decodeBody } from '@tidemark/bus';
import { headerNames } from '@tidemark/contracts';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../../scripts/trace/span.ts';
import { someOrders } from './stack/orders.ts';
import { startKeyedSource, type KeyedSource } from './stack/keyed-source.ts';
import { ancestorsOf, receiveTelemetry, rootsOf, type Telemetry } from './stack/telemetry.ts';
import { oneOfEach, startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

const SECRET = 'sword fish/47+e2e=';
/** Nothing in its name tells that it is a secret. */
const KEY_PARAMETER = 'appid_k';
const ROWS = 60;

let shops: Record<'north' | 'south', RecordsSimulator>;
let source: KeyedSource;
let telemetry: Telemetry;
let stack: TestStack;
let listener: NatsConnection;
const messages: string[] = [];

function shopsYaml(baseUrl: string): string {
  return `
name: shops
source:
  name: shops
  baseUrl: '${baseUrl}'
  auth: { kind: api-key, in: query, name: ${KEY_PARAMETER}, secret: SHOPS }
  attempts: 3
  retryDelay: 50ms
partitions: [{ shop: north }, { shop: south }]
request: { path: '/{shop}/records', query: { limit: '20' }, records: data }
paginate: { kind: cursor, param: cursor, next: next_cursor }
incremental: { kind: cursor, field: changed_at, from: updated_after, start: '2023-01-01' }
target:
  kind: table
  table: shops
  key: [id]
  version: changed_at
  fields:
    id: { type: bigint }
    name: { type: text }
    changed_at: { path: updated_at, type: timestamptz }
`;
}

beforeAll(async () => {
  shops = {
    north: await startRecords({ rows: someOrders(ROWS) }),
    south: await startRecords({ rows: someOrders(ROWS, 1_001) }),
  };
  source = await startKeyedSource({
    parameter: KEY_PARAMETER,
    key: SECRET,
    shops: { north: shops.north.url, south: shops.south.url },
  });
  telemetry = await receiveTelemetry();
  stack = await startTestStack({
    definitions: { 'shops.yaml': shopsYaml(source.url) },
    env: { ...telemetry.env, TIDEMARK_LOG_LEVEL: 'debug' },
    envOf: { extractor: { TIDEMARK_SECRET_SHOPS: SECRET } },
  });
  listener = await connect({ servers: stack.nats.url });
  listener.subscribe('>', {
    callback: (_error, msg) => {
      const encoding = msg.headers?.get(headerNames.contentEncoding) || undefined;
      const headers = [...(msg.headers ?? [])].flat(2).join('\n');
      const body = decodeBody(encoding, msg.data, 64 * 1024 * 1024).toString('latin1');
      messages.push(`${msg.subject}\n${headers}\n${body}`);
    },
  });
  await listener.flush();
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await listener?.close();
  await telemetry[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await shops.north.stop();
  await shops.south.stop();
});

/** The spans of a run's trace, when all of it has been exported. */
async function wholeTraceOf(run: RunRow): Promise<Span[]> {
  const spans = (): Span[] => telemetry.spans.filter(({ traceId }) => traceId === run.trace_id);
  const { rows } = await stack.pool.query<{ batches: number; chunks: number }>(
    `select (select count(*)::int from tidemark.batches where run_id = $1) as batches,
            (select count(*)::int from tidemark.chunks where run_id = $1) as chunks`,
    [run.id],
  );
  const [expected] = rows;
  await waitFor(
    () =>
      rootsOf(spans()).length === 1 &&
      named(spans(), 'loader', /^process /).length === expected?.batches &&
      named(spans(), 'loader', /end-batch-chunk/).length === expected?.chunks,
    { what: `the trace of run ${run.id} to be whole` },
  ).catch((error: unknown) => {
    const seen = spans().map(({ service, name }) => `${service} ${name}`);
    throw new Error(`${String(error)}\n${seen.toSorted().join('\n')}`, { cause: error });
  });
  return spans();
}

function named(spans: readonly Span[], service: string, name: RegExp): Span[] {
  return spans.filter((span) => span.service === `tidemark-${service}` && name.test(span.name));
}

test('debug: prints', async () => {
  const run = await stack.run('shops');
  expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success' });
  await wholeTraceOf(run).catch((e: unknown) => console.log(String(e)));
  const spans = telemetry.spans.filter(({ traceId }) => traceId === run.trace_id);
  for (const span of spans) console.log(span.service, span.name, JSON.stringify(span.attributes), span.isError);
});
describe.skip('x', () => void [ancestorsOf, oneOfEach]);
