import { decodeBody } from '@tidemark/bus';
import { headerNames } from '@tidemark/contracts';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../../scripts/trace/span.ts';
import { askedOfMetrics, askedOfTraces, labelsIn, madeByCode } from './stack/asked-for.ts';
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

describe('one trace for a run', () => {
  let first: RunRow;
  let second: RunRow;

  beforeAll(async () => {
    source.refuseNext(500, 2);
    first = await stack.run('shops');
    const now = new Date().toISOString();
    shops.north.control.upsert(someOrders(5, 1, now));
    shops.south.control.upsert(someOrders(3, 2_001, now));
    second = await stack.run('shops');
  });

  test('the runs are good, and the table holds what the sources hold', async () => {
    expect(first, await stack.describe(first.id)).toMatchObject({
      status: 'success',
      records_inserted: 2 * ROWS,
    });
    expect(second, await stack.describe(second.id)).toMatchObject({
      status: 'success',
      records_inserted: 3,
      records_updated: 5,
    });
  });

  test('everything that tells of a run is in the trace that its row names, below one root', async () => {
    for (const run of [first, second]) {
      const spans = await wholeTraceOf(run);

      const ofRun = telemetry.spans.filter((span) => span.attributes['tidemark.run.id'] === run.id);
      expect(new Set(ofRun.map(({ traceId }) => traceId))).toEqual(new Set([run.trace_id]));
      expect(rootsOf(spans).map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
        ['run shops', ''],
      ]);
      const { rows } = await stack.pool.query<{ trace_id: string }>(
        'select distinct trace_id from tidemark.batches where run_id = $1',
        [run.id],
      );
      expect(rows).toEqual([{ trace_id: run.trace_id }]);
    }
    expect(first.trace_id).not.toBe(second.trace_id);
  });

  test('it leads from the request through all services to the copy and to the row of the run', async () => {
    const spans = await wholeTraceOf(first);
    const path = [
      'loader process tidemark.load.{class}.{collector}',
      'transformer publish tidemark.load.{class}.{collector}',
      'transformer process tidemark.raw.{class}.{collector}',
      'extractor publish tidemark.raw.{class}.{collector}',
      'extractor process tidemark.extract.{class}.{collector}',
      'watermark publish tidemark.extract.{class}.{collector}',
      'watermark run shops',
    ];

    const copies = named(spans, 'loader', /^pg\.copy$/).map((span) => ancestorsOf(span, spans));
    expect(copies).toHaveLength(6);
    const ofFirstPages = copies.filter(
      ([batch]) => batch?.attributes['tidemark.batch.seq'] === '0',
    );
    expect(ofFirstPages).toHaveLength(2);
    for (const above of ofFirstPages) {
      expect(above.map(shortName)).toEqual(path);
      const requests = named(spans, 'extractor', /^GET$/).filter(
        ({ parentSpanId }) => parentSpanId === above[4]?.spanId,
      );
      expect(requests).not.toEqual([]);
    }
    // Each page was asked for once, but for the two answers that were refused.
    expect(named(spans, 'extractor', /^GET$/)).toHaveLength(6 + 2);
    // The statement that ends a chunk counts it into its run's row. Where a page is recorded after its rows were loaded,
    // which a busy machine brings about, it is the recording that ends its chunk.
    const ends = named(spans, 'loader', /end-batch-chunk/);
    expect(ends.length).toBeLessThanOrEqual(2);
    for (const end of ends) {
      expect(end.attributes['db.query.text']).toContain('tidemark.end_chunk');
      expect(ancestorsOf(end, spans).map(shortName)).toEqual(expect.arrayContaining(path));
    }
    // Each batch is copied and committed under the span of its message.
    for (const batch of named(spans, 'loader', /^process /)) {
      const below = spans.filter(({ parentSpanId }) => parentSpanId === batch.spanId);
      const names = below.toSorted(byStart).map(({ name }) => name.replace(/ .*/, ''));
      expect(names).toEqual(
        expect.arrayContaining(['pg.query:open-batch', 'pg.copy', 'pg.query:finish-batch']),
      );
      expect(names.at(-1)).toBe('pg.query:COMMIT');
    }
  });

  test('where rows are there already it leads to the upsert', async () => {
    const spans = await wholeTraceOf(second);

    const upserts = named(spans, 'loader', /^pg\.query/).filter((span) =>
      span.attributes['db.query.text']?.includes('on conflict ("id") do update'),
    );
    expect(upserts.length).toBeGreaterThan(0);
    for (const upsert of upserts) {
      expect(ancestorsOf(upsert, spans).map(shortName)).toEqual(
        expect.arrayContaining([
          'extractor publish tidemark.raw.{class}.{collector}',
          'watermark run shops',
        ]),
      );
    }
  });

  test('every span of a run carries it and its collector, and below a page its chunk and place', async () => {
    const spans = await wholeTraceOf(first);
    const ofRun = { 'tidemark.run.id': first.id, 'tidemark.collector': 'shops' };
    for (const span of spans) {
      expect(span.attributes, `${span.service} ${span.name}`).toMatchObject(ofRun);
    }

    const work = spans.filter((span) =>
      [span, ...ancestorsOf(span, spans)].some(({ name }) => /^(publish|process) /.test(name)),
    );
    for (const span of work) {
      expect(span.attributes, `${span.service} ${span.name}`).toMatchObject({
        'tidemark.run.id': first.id,
        'tidemark.collector': 'shops',
        'tidemark.chunk.id': expect.stringMatching(/^[01]$/),
        'tidemark.batch.seq': expect.stringMatching(/^[012]$/),
      });
    }
    expect(new Set(work.map(({ service }) => service))).toEqual(
      new Set(oneOfEach.map(({ service }) => `tidemark-${service}`)),
    );
  });

  test('log lines about a run carry the id of its trace', () => {
    for (const id of ['extractor', 'transformer', 'loader']) {
      const lines = linesAbout(id, first.id);
      expect(lines.length, id).toBeGreaterThan(0);
      expect(new Set(lines.map((line) => line['trace_id'])), id).toEqual(new Set([first.trace_id]));
    }
    // What the planner says belongs to the trace of the command.
    for (const line of linesAbout('watermark', first.id)) {
      expect(line['trace_id'], JSON.stringify(line)).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});

describe('the secret of a source', () => {
  let failed: RunRow;

  beforeAll(async () => {
    source.refuseNext(403, 2);
    failed = await stack.run('shops');
  });

  test('is sent to the source, and a refusal that repeats it becomes a dead letter without it', async () => {
    expect(source.admitted()).toBeGreaterThan(6);
    expect(failed, await stack.describe(failed.id)).toMatchObject({ status: 'failed' });
    const { rows } = await stack.pool.query<{ payload: string }>(
      'select payload from tidemark.dead_letters where run_id = $1',
      [failed.id],
    );
    expect(rows).toHaveLength(2);
    for (const { payload } of rows) expect(payload).toContain('[redacted]');
  });

  test('the trace of a failed run is whole, too', async () => {
    const spans = await wholeTraceOf(failed);

    expect(rootsOf(spans)).toHaveLength(1);
    expect(named(spans, 'extractor', /^process /).map(({ isError }) => isError)).toContain(true);
  });

  test('is in no span and no metric that is exported', async () => {
    await wholeTraceOf(failed);
    await waitFor(() => telemetry.texts.some((text) => text.startsWith('/v1/metrics')), {
      what: 'metrics to be exported',
    });
    const requests = telemetry.spans.filter(({ name }) => name === 'GET');

    expect(requests.length).toBeGreaterThan(6);
    for (const { attributes } of requests) {
      expect(attributes['url.full']).toContain(`${KEY_PARAMETER}=REDACTED`);
    }
    expect(telemetry.texts.filter(hasSecret)).toEqual([]);
    for (const { id } of oneOfEach) {
      const response = await fetch(`${await stack.httpUrl(id)}/metrics`);
      const text = await response.text();
      expect(text, id).toContain('tidemark');
      expect(hasSecret(text), id).toBe(false);
    }
  });

  test('is in no log line, no message and no table', async () => {
    for (const { id } of oneOfEach) {
      expect(stack.logs(id).length, id).toBeGreaterThan(0);
      expect(stack.logs(id).filter(hasSecret), id).toEqual([]);
    }
    expect(messages.some((text) => text.startsWith('tidemark.raw.live.shops.'))).toBe(true);
    expect(messages.filter(hasSecret)).toEqual([]);
    const tables = await stack.pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name
         from pg_tables where schemaname in ('tidemark', 'public')`,
    );
    expect(tables.rows.length).toBeGreaterThan(8);
    for (const { name } of tables.rows) {
      const { rows } = await stack.pool.query<{ line: string }>(
        `select t::text as line from ${name} t`,
      );
      expect(
        rows.filter(({ line }) => hasSecret(line)),
        name,
      ).toEqual([]);
    }
  });
});

describe('what people are told to look for', () => {
  test('the tags and operations of docs/tracing.md are those of the spans', () => {
    const { tags, operations } = askedOfTraces();
    const there = new Set(telemetry.spans.flatMap(({ attributes }) => Object.keys(attributes)));

    expect(tags.length).toBeGreaterThan(5);
    expect(tags.filter((tag) => !there.has(tag))).toEqual([]);
    expect(operations.length).toBeGreaterThan(3);
    for (const operation of operations) {
      const name = operation.replace('<collector>', 'shops');
      expect(
        telemetry.spans.some((span) => span.name === name),
        operation,
      ).toBe(true);
    }
  });

  test('the labels that the dashboard and the alerts use are those of the metrics', async () => {
    const texts = await Promise.all(
      oneOfEach.map(async ({ id }) => (await fetch(`${await stack.httpUrl(id)}/metrics`)).text()),
    );
    const there = labelsIn(texts.join('\n'));
    // The check of the dashboard knows metrics by these names only.
    expect(madeByCode()).toEqual(
      expect.arrayContaining([...there.keys()].filter((name) => name.startsWith('tidemark_'))),
    );
    const asked = askedOfMetrics().filter(({ metric }) => there.has(metric));

    // What nothing has happened of yet is not told: full streams, lost chunks, redeliveries.
    expect(new Set(asked.map(({ metric }) => metric)).size).toBeGreaterThan(5);
    for (const { where, metric, labels } of asked) {
      expect([...(there.get(metric) ?? [])], where).toEqual(expect.arrayContaining([...labels]));
    }
  });
});

function shortName({ service, name }: Span): string {
  return `${service.replace('tidemark-', '')} ${name}`;
}

function byStart(a: Span, b: Span): number {
  return a.startNs < b.startNs ? -1 : 1;
}

function linesAbout(id: string, runId: string): Record<string, unknown>[] {
  return stack
    .logs(id)
    .filter((line) => line.startsWith('{') && line.includes(runId))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const forms = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')];
// However its blank is written, this part of it gives it away.
const giveaway = /fish\/47|fish%2F47/i;

function hasSecret(text: string): boolean {
  return giveaway.test(text) || forms.some((form) => text.includes(form));
}
