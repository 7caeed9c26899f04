import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBus, putDefinition, type Bus } from '@tidemark/bus';
import { CHILDREN_VERSION, PageTask, readBatchHeaders, versionVerdict } from '@tidemark/contracts';
import { createLogger } from '@tidemark/runtime';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { headers as newHeaders } from '@nats-io/nats-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGatedSource, type GatedSource } from './stack/gated-source.ts';
import { ordersYaml, someOrders } from './stack/orders.ts';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

interface RecordedMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a release wrote: see scripts/record-messages.ts. */
interface Fixture {
  readonly collector: string;
  readonly yaml: string;
  readonly revision: string;
  readonly definition: unknown;
  readonly task: RecordedMessage;
  readonly raw: RecordedMessage;
  readonly load: RecordedMessage;
  readonly rows: Readonly<Record<string, readonly object[]>>;
}

const folder = join(import.meta.dirname, '..', '..', 'libs', 'contracts', 'fixtures');
const fixtures = readdirSync(folder)
  .toSorted()
  .map((file): [string, Fixture] => {
    const fixture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture;
    return [file.replace('.json', ''), fixture];
  });
const ORDERS = 40;

let source: RecordsSimulator;
let gate: GatedSource;
let stack: TestStack;
let bus: Bus;

beforeAll(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  gate = await startGatedSource(source.url);
  const definitions = fixtures.map(([, { collector, yaml }]) => [`${collector}.yaml`, yaml]);
  stack = await startTestStack({
    definitions: {
      ...Object.fromEntries(definitions),
      'pinned.yaml': ordersYaml(`${gate.url}/pinned`, { name: 'pinned' }),
    },
    // Without the extractor, whose part the tests play.
    services: [
      { id: 'watermark', service: 'watermark' },
      { id: 'transformer', service: 'transformer' },
      { id: 'loader', service: 'loader' },
    ],
  });
  const logger = createLogger('test');
  logger.level = 'silent';
  bus = await connectBus({ url: stack.nats.url, name: 'test', logger });
});

afterAll(async () => {
  await bus?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await source?.stop();
});

/** Publishes a recorded message as part of a run. */
async function publishRecorded(
  message: RecordedMessage,
  runId: string,
  version?: string,
): Promise<void> {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(message.headers)) {
    if (!name.startsWith('Nats-')) headers.set(name, value);
  }
  headers.set('Tidemark-Run', runId);
  if (version !== undefined) headers.set('Tidemark-Version', version);
  const subject = [...message.subject.split('.').slice(0, -1), runId].join('.');
  await bus.js.publish(subject, Buffer.from(message.body, 'base64'), { headers });
}

async function startRun(collector: string): Promise<string> {
  const runId = await stack.startRun(collector);
  await waitFor(
    async () =>
      (
        await stack.pool.query(
          `select from tidemark.chunks where run_id = $1 and status = 'active'`,
          [runId],
        )
      ).rowCount,
    { what: `a run of ${collector}` },
  );
  return runId;
}

/** Records the page of a batch, as the extractor does. */
async function recordPage(runId: string, { headers }: RecordedMessage): Promise<void> {
  const batch = readBatchHeaders((name) => headers[name]).data;
  await stack.pool.query(
    `select tidemark.record_page($1, 0, 1, 0, $2, $3, $4, true, '[]', null, null, $5)`,
    [runId, batch?.digest, batch?.parts, batch?.outcome, batch?.askedAt],
  );
}

test('there are recorded messages of every version that is read', () => {
  const versions = fixtures.map(([, { load }]) => Number(load.headers['Tidemark-Version']));

  expect(versions).toEqual(Array.from({ length: CHILDREN_VERSION }, (_, at) => at + 1));
});

describe.each(fixtures)('messages of %s, as they were recorded,', (_name, fixture) => {
  test('are read', () => {
    for (const { headers } of [fixture.raw, fixture.load]) {
      expect(versionVerdict(headers['Tidemark-Version'])).toBe('read');
      expect(readBatchHeaders((name) => headers[name]).error).toBeUndefined();
    }
    const task: unknown = JSON.parse(Buffer.from(fixture.task.body, 'base64').toString());
    expect(PageTask.safeParse(task).error).toBeUndefined();
  });

  test.each(['raw', 'load'] as const)('are loaded from the %s stage on', async (stage) => {
    const { collector, revision, definition } = fixture;
    // The release that wrote them had published what it calls this revision.
    await putDefinition(bus, collector, revision, JSON.stringify(definition));
    const runId = await startRun(collector);
    await recordPage(runId, fixture[stage]);

    await publishRecorded(fixture[stage], runId);

    expect(await stack.ended(runId)).toMatchObject({
      status: 'success',
      records_processed: 3,
      records_rejected: 0,
    });
    for (const [table, expected] of Object.entries(fixture.rows)) {
      const columns = Object.keys(expected[0] ?? {}).map((name) => pg.escapeIdentifier(name));
      const { rows } = await stack.pool
        .query(
          `set time zone 'UTC'; select ${columns.map((name) => `${name}::text`).join(', ')} from public.${pg.escapeIdentifier(table)} order by 1, 2`,
        )
        .then((results) => (results as unknown as pg.QueryResult[])[1] ?? { rows: [] });
      const asText = expected.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
        ),
      );
      expect(rows).toEqual(asText);
    }
  });
});

test('messages of a newer release are held, and nobody else is', async () => {
  const [, fixture] = fixtures[0] ?? [];
  if (!fixture) throw new Error('no messages are recorded');
  const runId = await startRun(fixture.collector);
  for (const stage of ['raw', 'load'] as const) await publishRecorded(fixture[stage], runId, '99');
  const [, other] = fixtures[1] ?? [];
  if (!other) throw new Error('no messages of another version are recorded');
  const later = await startRun(other.collector);
  await recordPage(later, other.raw);
  await publishRecorded(other.raw, later);

  expect(await stack.ended(later)).toMatchObject({ status: 'success', records_unchanged: 3 });
  // The end of a run is told before the last batch's acknowledgement has removed it.
  const left = async (): Promise<string> =>
    `${await stack.messagesIn('RAW_LIVE')} ${await stack.messagesIn('LOAD_LIVE')}`;
  await waitFor(async () => (await left()) === '1 1', { what: 'the messages that are held' });
  expect(await stack.findRun(runId)).toMatchObject({ status: 'running', records_processed: 0 });
  const { rows } = await stack.pool.query('select reason from tidemark.dead_letters');
  expect(rows).toEqual([]);
  await stack.command(`tidemark.command.cancel.${fixture.collector}`, { runId });
  await stack.ended(runId);
});

test('a definition that changes in the middle of a run changes the next run', async () => {
  const opened = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let pages = 0;
  gate.before(async () => {
    pages += 1;
    if (pages < 2) return;
    asked.resolve();
    await opened.promise;
  });
  for (const stream of ['EXTRACT_LIVE', 'RAW_LIVE', 'LOAD_LIVE']) await stack.purge(stream);
  await stack.start({ id: 'extractor', service: 'extractor' });
  const revisions = async (): Promise<string> => {
    const { rows } = await stack.pool.query<{ revision: string }>(
      `select revision from tidemark.collectors where name = 'pinned'`,
    );
    return rows[0]?.revision ?? '';
  };
  const before = await revisions();
  const runId = await stack.startRun('pinned', { mode: 'full' });
  await asked.promise;

  const yaml = ordersYaml(`${gate.url}/pinned`, { name: 'pinned' });
  await stack.define(
    'pinned.yaml',
    yaml.replace('name: { type: text }', 'name: { path: amount, type: text }'),
  );
  await waitFor(async () => (await revisions()) !== before, { what: 'the new revision' });
  opened.resolve();
  const run = await stack.ended(runId);

  expect(run).toMatchObject({ status: 'success', records_inserted: ORDERS });
  const names = async (): Promise<string[]> => {
    const { rows } = await stack.pool.query<{ name: string }>(
      'select name from public.pinned order by id',
    );
    return rows.map(({ name }) => name);
  };
  expect(await names()).toEqual(someOrders(ORDERS).map(({ name }) => name));
  const next = await stack.run('pinned', { mode: 'full' });
  expect(next).toMatchObject({ status: 'success', records_updated: ORDERS });
  expect(await names()).toEqual(someOrders(ORDERS).map(({ amount }) => amount));
});
