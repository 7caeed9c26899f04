import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { runCli } from './stack/run-cli.ts';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 200;

let source: RecordsSimulator;
let stack: TestStack;

beforeEach(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  stack = await startTestStack({
    definitions: { 'orders.yaml': ordersYaml(source.url) },
    env: { TIDEMARK_PROVISION_MS: '1000', TIDEMARK_LOST_AFTER_MS: '2000' },
    ownPostgres: true,
  });
});

afterEach(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source.stop();
});

/** Makes a folder what another one is, owners included: PostgreSQL refuses what belongs to somebody else. */
async function copyFolder(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await promisify(execFile)('cp', ['-a', from, to]);
}

async function restores(): Promise<unknown[] | undefined> {
  const { rows } = await stack.pool.query(
    'select kind, restored_to, seen_until from tidemark.restores',
  );
  return rows.length > 0 ? rows : undefined;
}

/** Whether the database has counted twice since the run ended: the first of these counts has been told to NATS by now. */
async function isHeardOf(runId: string): Promise<boolean> {
  const beat = async (): Promise<string | undefined> => {
    const { rows } = await stack.pool.query<{ beat: string }>(
      `select t.beat from tidemark.timeline t, tidemark.collector_runs r
        where r.id = $1 and t.beaten_at > r.completed_at`,
      [runId],
    );
    return rows[0]?.beat;
  };
  const first = await waitFor(beat, { what: 'a beat' });
  return waitFor(async () => (await beat()) !== first, { what: 'the next beat' });
}

async function eventsOfDatabase(): Promise<number> {
  const connection = await connect({ servers: stack.nats.url });
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info('EVENTS', {
    subjects_filter: 'tidemark.event.database.postgres',
  });
  await connection.close();
  return state.subjects?.['tidemark.event.database.postgres'] ?? 0;
}

async function startSlowRun(): Promise<string> {
  const before = source.stats.requests;
  source.control.setLatencyMs(150);
  const runId = await stack.startRun('orders');
  await waitFor(() => source.stats.requests >= before + 3, { what: 'the run to be under way' });
  return runId;
}

test('nats-server comes back with what it had a while ago: the run ends, and everything is exact', async () => {
  const store = stack.nats.storeFolder ?? '';
  const runId = await startSlowRun();

  await stack.nats.kill();
  await copyFolder(store, `${store}-copy`);
  await stack.nats.restart();
  const before = source.stats.requests;
  await waitFor(() => source.stats.requests >= before + 3, { what: 'the run to go on' });
  await stack.nats.kill();
  await copyFolder(`${store}-copy`, store);
  await stack.nats.restart();

  const run = await stack.ended(runId);
  expect(run, await stack.describe(runId)).toMatchObject({
    status: 'success',
    records_inserted: ORDERS,
    records_updated: 0,
    records_rejected: 0,
  });
  expect(await stack.run('orders')).toMatchObject({ status: 'success', records_inserted: 0 });
  await expectSame(stack.pool, source);
  const { rows } = await stack.pool.query('select kind from tidemark.restores');
  expect(rows).toEqual([]);
});

test('PostgreSQL comes back with what it had a while ago: it is told, the run goes on, and a reset asks again', async () => {
  const { postgres } = stack;
  if (!postgres) throw new Error('the stack has no PostgreSQL of its own');
  const runId = await startSlowRun();
  await postgres.stop();
  await copyFolder(postgres.dataFolder, `${postgres.dataFolder}-copy`);
  await postgres.restart();
  source.control.setLatencyMs(0);
  expect(await stack.ended(runId)).toMatchObject({ status: 'success' });
  source.control.upsert(someOrders(40, ORDERS + 1, '2024-03-01T00:00:00.000001Z'));
  const lost = await stack.run('orders');
  await waitFor(() => isHeardOf(lost.id), { what: 'NATS to hear of it' });

  await postgres.kill();
  await copyFolder(`${postgres.dataFolder}-copy`, postgres.dataFolder);
  await postgres.restart();

  const noticed = await waitFor(() => restores(), { what: 'it to be noticed' });
  expect(noticed).toHaveLength(1);
  const told = await runCli(stack, 'status');
  expect(told.out).toContain('PostgreSQL was put back to its state of');
  expect(stack.logs('watermark').some((line) => line.includes('"kind":"rewound"'))).toBe(true);
  expect(await eventsOfDatabase()).toBe(1);

  // The run of the copy goes on, although the broker remembers the messages of a future that is gone.
  expect(await stack.ended(runId)).toMatchObject({ status: 'success' });
  expect(await stack.findRun(lost.id)).toBeUndefined();
  const reset = await runCli(stack, 'reset', 'orders', '--to', '2023-06-01');
  expect(reset.code, reset.err).toBe(0);
  expect(await stack.run('orders')).toMatchObject({ status: 'success' });
  await expectSame(stack.pool, source);
  expect(await restores()).toHaveLength(1);
});
