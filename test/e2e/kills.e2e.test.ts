import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 200;

let source: RecordsSimulator;
let stack: TestStack;

/** Each test has a collector and a table of its own, so that one stack serves all of them. */
const pagings = { chain: 'chain', stride: { width: 3 } } as const;
const testsPerKind = 6;
const nameOf = (kind: string, at: number): string => `orders_${kind}_${at}`;

beforeAll(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  const kinds = Object.entries({ ...pagings, begin: pagings.chain });
  const definitions = kinds.flatMap(([kind, paging]) =>
    Array.from({ length: testsPerKind }, (_, at) => nameOf(kind, at)).map((name) => [
      `${name}.yaml`,
      ordersYaml(source.url, { name, paging }),
    ]),
  );
  stack = await startTestStack({ definitions: Object.fromEntries(definitions) });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source.stop();
});

async function restart(id: string): Promise<void> {
  const instance = oneOfEach.find((one) => one.id === id);
  if (!instance) throw new Error(`no instance ${id}`);
  await stack.start(instance);
}

/** Another session that holds locks until it is let go. */
async function holdLock(sql: string): Promise<{ release: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query(sql);
  return {
    async release() {
      await client.query('rollback');
      await client.end();
    },
  };
}

/** Sessions of a service that wait for a lock now. */
async function waitingForLock(service: string): Promise<boolean> {
  const { rows } = await stack.pool.query<{ waits: boolean }>(
    `select count(*) > 0 as waits from pg_stat_activity
      where datname = current_database() and application_name like '%' || $1 || '%' and wait_event_type = 'Lock'`,
    [service],
  );
  return rows[0]?.waits ?? false;
}

async function expectExact(runId: string, table: string): Promise<void> {
  const run = await stack.ended(runId);
  expect(run, await stack.describe(runId)).toMatchObject({
    status: 'success',
    records_inserted: ORDERS,
    records_updated: 0,
    records_rejected: 0,
    error_message: null,
  });
  const others = run.records_unchanged + run.records_stale;
  expect(run.records_processed).toBe(ORDERS + others);
  // Nothing changed at the source: whatever was read twice has the same content and is known by the ledger.
  expect(others).toBe(0);
  await expectSame(stack.pool, source, table);
  const { rows } = await stack.pool.query(
    'select id from tidemark.collector_runs where collector_name = $1',
    [table],
  );
  expect(rows).toEqual([{ id: runId }]);
}

describe('before the first page, killed with -9:', () => {
  test('the watermark service, between the plan and the first task', async () => {
    const collector = nameOf('begin', 0);
    const held = stack.lines('watermark').nats.holdFrom('toTarget', 'PUB tidemark.extract.');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('watermark');
    await restart('watermark');

    await expectExact(runId, collector);
  });

  test('the watermark service, before it acknowledges the command', async () => {
    const collector = nameOf('begin', 1);
    const held = stack.lines('watermark').nats.holdFrom('toTarget', '$JS.ACK.COMMANDS.');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('watermark');
    await restart('watermark');

    await expectExact(runId, collector);
  });
});

describe.each(Object.keys(pagings))('pages in a %s, killed with -9:', (paging) => {
  test('the extractor, between its batches and the recording of the page', async () => {
    const collector = nameOf(paging, 0);
    const lock = await holdLock('lock table tidemark.pages in exclusive mode');

    const runId = await stack.startRun(collector);
    await waitFor(() => waitingForLock('extractor'), { what: 'the extractor to record a page' });
    await stack.kill('extractor');
    await lock.release();
    await restart('extractor');

    await expectExact(runId, collector);
  });

  test("the extractor, between the recording of a page and the next page's task", async () => {
    const collector = nameOf(paging, 1);
    const held = stack.lines('extractor').nats.holdFrom('toTarget', 'PUB tidemark.extract.');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('extractor');
    await restart('extractor');

    await expectExact(runId, collector);
  });

  test('the extractor, before it acknowledges a task', async () => {
    const collector = nameOf(paging, 2);
    const held = stack
      .lines('extractor')
      .nats.holdFrom('toTarget', '$JS.ACK.EXTRACT_LIVE.', '+ACK');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('extractor');
    await restart('extractor');

    await expectExact(runId, collector);
  });

  test('the transformer, after it has published and before it acknowledges', async () => {
    const collector = nameOf(paging, 3);
    const held = stack.lines('transformer').nats.holdFrom('toTarget', '$JS.ACK.RAW_LIVE.', '+ACK');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('transformer');
    await restart('transformer');

    await expectExact(runId, collector);
  });

  test('the loader, in the middle of its transaction', async () => {
    const collector = nameOf(paging, 4);
    const lock = await holdLock(`lock table public.${collector} in exclusive mode`);

    const runId = await stack.startRun(collector);
    await waitFor(() => waitingForLock('loader'), { what: 'the loader to write the target' });
    await stack.kill('loader');
    await lock.release();
    await restart('loader');

    await expectExact(runId, collector);
  });

  test('the loader, after its commit and before it acknowledges', async () => {
    const collector = nameOf(paging, 5);
    const held = stack.lines('loader').nats.holdFrom('toTarget', '$JS.ACK.LOAD_LIVE.', '+ACK');

    const runId = await stack.startRun(collector);
    await held;
    await stack.kill('loader');
    await restart('loader');

    await expectExact(runId, collector);
  });
});
