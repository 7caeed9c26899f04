import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 240;
const ROUNDS = 3;
const LATENCY_MS = 40;
/** So long that a message which a stopped service kept for itself would be missed by far. */
const ACK_WAIT_MS = 120_000;
/** Of services that are told to stop while they have pages of that length in hand. */
const STOP_WITHIN_MS = 12_000;

const collectors = {
  chain: { paging: 'chain' },
  stride: { paging: { width: 3 } },
} as const;
const names = Object.keys(collectors);

let source: RecordsSimulator;
let stack: TestStack;

beforeAll(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  stack = await startTestStack({
    definitions: Object.fromEntries(
      Object.entries(collectors).map(([name, { paging }]) => [
        `${name}.yaml`,
        ordersYaml(source.url, { name, paging, pageSize: 5 }),
      ]),
    ),
    env: { TIDEMARK_ACK_WAIT_MS: String(ACK_WAIT_MS), TIDEMARK_LOST_AFTER_MS: '3000' },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.stop();
});

/** The longest time in which no batch of a collector was loaded, between its first and its last one. */
async function longestGapMs(collector: string): Promise<number> {
  const { rows } = await stack.pool.query<{ ms: number }>(
    `select coalesce(max(gap), 0)::float8 as ms
       from (select extract(epoch from b.loaded_at - lag(b.loaded_at) over (order by b.loaded_at)) * 1000 as gap
               from tidemark.batches b join tidemark.collector_runs r on r.id = b.run_id
              where r.collector_name = $1) gaps`,
    [collector],
  );
  return rows[0]?.ms ?? Number.NaN;
}

test('every service is restarted three times, one after another, under load: nothing waits, nothing is lost', async () => {
  source.control.setLatencyMs(LATENCY_MS);
  let isOver = false;
  const load = names.map(async (name) => {
    const runs = [];
    // Everything is read again and again, so that there is always something in hand.
    while (!isOver || runs.length === 0) runs.push(await stack.run(name, { mode: 'full' }));
    return runs;
  });
  await waitFor(() => source.stats.requests > 5, { what: 'the load' });

  const ends: { id: string; code: number | null; stopMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const instance of oneOfEach) {
      const startedMs = performance.now();
      const code = await stack.stop(instance.id);
      const stopMs = performance.now() - startedMs;
      await stack.start(instance);
      ends.push({ id: instance.id, code, stopMs });
    }
  }
  isOver = true;
  const runs = (await Promise.all(load)).flat();

  expect(ends.filter(({ code }) => code !== 0)).toEqual([]);
  expect(ends.filter(({ stopMs }) => stopMs > STOP_WITHIN_MS)).toEqual([]);
  for (const { id } of oneOfEach) {
    const bad = stack
      .logs(id)
      .filter((line) => /"level":"(error|fatal)"|^(?!\{)|took too long/.test(line));
    expect(bad, id).toEqual([]);
  }
  for (const run of runs) {
    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_processed: ORDERS,
      records_rejected: 0,
      records_stale: 0,
      records_refetched: 0,
    });
  }
  for (const name of names) await expectSame(stack.pool, source, name);
  // No chunk was missed, and no message was left to its time-out.
  const { rows } = await stack.pool.query('select max(attempt) as attempt from tidemark.chunks');
  expect(rows).toEqual([{ attempt: 1 }]);
  for (const name of names) {
    expect(await longestGapMs(name), name).toBeLessThan(ACK_WAIT_MS / 2);
  }
});

test('a service that is told to stop is not ready from that moment on, and finishes its page', async () => {
  source.control.setLatencyMs(1_500);
  const before = source.stats.requests;
  const runId = await stack.startRun('chain', { mode: 'full' });
  await waitFor(() => source.stats.requests > before, { what: 'a page in hand' });
  const url = await stack.httpUrl('extractor');

  const stopped = stack.stop('extractor');
  const answer = await waitFor(
    async () => {
      const response = await fetch(`${url}/readyz`);
      return response.status === 503 ? response : undefined;
    },
    { what: 'the extractor to be not ready' },
  );
  const health = await fetch(`${url}/healthz`);

  expect(await answer.json()).toEqual({ ready: false, reasons: ['the service stops'] });
  expect(health.status).toBe(200);
  expect(await stopped).toBe(0);
  const { rows } = await stack.pool.query('select seq from tidemark.pages where run_id = $1', [
    runId,
  ]);
  expect(rows).toEqual([{ seq: 0 }]);
  source.control.setLatencyMs(0);
  await stack.start({ id: 'extractor', service: 'extractor' });
  expect(await stack.ended(runId)).toMatchObject({
    status: 'success',
    records_unchanged: ORDERS,
  });
});
