import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 200;

let source: RecordsSimulator;
let stack: TestStack;

afterEach(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source.stop();
});

async function start(options: Partial<Parameters<typeof startTestStack>[0]> = {}): Promise<void> {
  source = await startRecords({ rows: someOrders(ORDERS) });
  stack = await startTestStack({
    definitions: { 'orders.yaml': ordersYaml(source.url) },
    ...options,
  });
}

async function runsOf(collector: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ status: string }>(
    'select status from tidemark.collector_runs where collector_name = $1 order by started_at',
    [collector],
  );
  return rows.map((row) => row.status);
}

describe('servers that go away', () => {
  beforeEach(() => start({ ownPostgres: true }));

  test('PostgreSQL away for a minute in the middle of a run: it is waited for, nothing is lost or counted twice', async () => {
    source.control.setLatencyMs(200);
    const runId = await stack.startRun('orders');
    await waitFor(async () => ((await stack.findRun(runId)) ? source.stats.requests >= 3 : false), {
      what: 'the run to be under way',
    });

    await stack.postgres?.kill();
    const restartAt = performance.now() + 60_000;
    await waitFor(() => performance.now() >= restartAt, { what: 'a minute', timeoutMs: 70_000 });
    await stack.postgres?.restart();

    expect(await stack.ended(runId)).toMatchObject({
      status: 'success',
      records_processed: ORDERS,
      records_inserted: ORDERS,
    });
    await expectSame(stack.pool, source);
  });

  test('nats-server killed and started again in the middle of a run', async () => {
    source.control.setLatencyMs(100);
    const runId = await stack.startRun('orders');
    await waitFor(() => source.stats.requests >= 3, { what: 'the run to be under way' });

    await stack.nats.kill();
    await stack.nats.restart();

    expect(await stack.ended(runId)).toMatchObject({ status: 'success', records_inserted: ORDERS });
    await expectSame(stack.pool, source);
  });
});

describe('contents that change under a run', () => {
  beforeEach(() => start());

  test.each([
    ['while the broker remembers', false],
    ['after the broker was restarted', true],
  ])('a page is read again with other content after a crash, %s', async (_when, isRestarted) => {
    // The extractor publishes a page and is killed before it is recorded; then the page changes at the source.
    const held = stack.lines('extractor').database.holdFrom('toTarget', 'record_page');
    const runId = await stack.startRun('orders');
    await held;
    await waitFor(
      async () =>
        (await stack.pool.query('select from tidemark.batches where run_id = $1', [runId]))
          .rowCount,
      { what: 'the first content to be loaded' },
    );
    await stack.kill('extractor');
    const [first] = someOrders(1);
    source.control.delete([2]);
    source.control.upsert([
      { ...first, name: 'changed', updated_at: '2025-06-01T00:00:00.000001Z' },
    ]);
    if (isRestarted) {
      await stack.nats.kill();
      await stack.nats.restart();
    }

    await stack.start(oneOfEach[1] ?? { id: 'extractor', service: 'extractor' });
    const run = await stack.ended(runId);

    expect(run, await stack.describe(runId)).toMatchObject({
      status: 'success',
      records_rejected: 0,
    });
    expect(run.records_processed).toBe(
      run.records_inserted + run.records_updated + run.records_unchanged + run.records_stale,
    );
    // All that the first content held was really written, the row that has gone from the source since included.
    expect(run).toMatchObject({
      records_inserted: ORDERS,
      records_updated: 1,
      records_refetched: 20,
    });
    await stack.pool.query('delete from public.orders where id = 2');
    await expectSame(stack.pool, source);
  });

  test('a run that is cancelled in the middle ends so, keeps what it loaded, and the next run gets the rest', async () => {
    source.control.setLatencyMs(200);
    const runId = await stack.startRun('orders');
    await waitFor(
      async () =>
        (await stack.pool.query('select from tidemark.batches where run_id = $1', [runId]))
          .rowCount,
      { what: 'something to be loaded' },
    );

    await stack.command('tidemark.command.cancel.orders', { runId });
    const cancelled = await stack.ended(runId);
    source.control.setLatencyMs(0);
    const next = await stack.run('orders');

    expect(cancelled.status).toBe('cancelled');
    const { rows } = await stack.pool.query<{ inserted: number }>(
      'select coalesce(sum(records_inserted), 0)::int as inserted from tidemark.batches where run_id = $1',
      [runId],
    );
    expect(cancelled.records_inserted).toBe(rows[0]?.inserted);
    expect(next, await stack.describe(next.id)).toMatchObject({
      status: 'success',
      records_inserted: ORDERS - cancelled.records_inserted,
      records_unchanged: cancelled.records_inserted,
    });
    await expectSame(stack.pool, source);
  });
});

describe('twice', () => {
  test('two of every service, and the same command delivered twice: one run, exact', async () => {
    await start({
      services: [...oneOfEach, ...oneOfEach.map((one) => ({ ...one, id: `${one.id}-2` }))],
    });
    const runId = crypto.randomUUID();

    await stack.command('tidemark.command.run.orders', { runId });
    await stack.command('tidemark.command.run.orders', { runId });

    expect(await stack.ended(runId)).toMatchObject({ status: 'success', records_inserted: ORDERS });
    expect(await runsOf('orders')).toEqual(['success']);
    await expectSame(stack.pool, source);
  });

  test('two runs asked for at once: the second waits for the first', async () => {
    await start();
    source.control.setLatencyMs(50);

    const [first, second] = await Promise.all([stack.startRun('orders'), stack.startRun('orders')]);

    const ended = [await stack.ended(first), await stack.ended(second)];
    expect(ended.map((run) => run.status)).toEqual(['success', 'success']);
    expect(ended.reduce((sum, run) => sum + run.records_inserted, 0)).toBe(ORDERS);
    await expectSame(stack.pool, source);
  });
});
