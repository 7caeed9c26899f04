import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGatedSource, type GatedSource } from './stack/gated-source.ts';
import { expectSame, someOrders, type Order } from './stack/orders.ts';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

// Forty windows of a day up to now, three of which the source cannot answer however often it is asked. That a retry by
// hand heals them is told in modes.e2e.test.ts; here nobody does anything, and the next run does.

const WINDOWS = 40;
const PER_WINDOW = 7;
const ATTEMPTS = 3;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Neighbours, one alone, and neither the first nor the newest. */
const broken = [7, 8, 31];

/** The newest window is half over, so that no test sees a forty-first begin. */
const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (WINDOWS * DAY_MS - 12 * HOUR_MS);
const beginOf = (window: number): string => new Date(startMs + window * DAY_MS).toISOString();

const ordersOf = (window: number): Order[] =>
  someOrders(
    PER_WINDOW,
    1 + window * PER_WINDOW,
    new Date(startMs + window * DAY_MS + HOUR_MS).toISOString(),
  );
const windows = Array.from({ length: WINDOWS }, (_, window) => window);

let source: RecordsSimulator;
let whole: RecordsSimulator;
let gate: GatedSource;
let stack: TestStack;
let first: RunRow;

beforeAll(async () => {
  whole = await startRecords({ rows: windows.flatMap(ordersOf) });
  source = await startRecords({
    rows: windows.filter((window) => !broken.includes(window)).flatMap(ordersOf),
  });
  gate = await startGatedSource(whole.url);
  stack = await startTestStack({
    definitions: {
      'orders.yaml': `
name: orders
source: { name: orders, baseUrl: '${gate.url}/orders', attempts: ${ATTEMPTS}, retryDelay: 50ms }
request: { path: /records, records: data, query: { limit: '5' } }
paginate: { kind: cursor, param: cursor, next: next_cursor }
incremental:
  kind: cursor
  field: changed_at
  from: updated_after
  to: updated_before
  start: '${beginOf(0)}'
  size: 1d
target:
  kind: table
  table: orders
  key: [id]
  version: changed_at
  fields:
    id: { type: bigint }
    name: { type: text }
    amount: { type: numeric }
    changed_at: { path: updated_at, type: timestamptz }
limits: { concurrency: 2 }
`,
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await source?.stop();
  await whole?.stop();
});

/** The windows that requests were for, each once, by what they asked for as the beginning. */
function windowsAsked(requests: readonly URL[]): number[] {
  const asked = requests.map(({ searchParams }) => {
    const after = Date.parse(searchParams.get('updated_after') ?? '');
    return Math.floor((after - startMs) / DAY_MS);
  });
  return [...new Set(asked)].toSorted((a, b) => a - b);
}

/** What is not covered between the beginning and the newest window, as numbers of windows. */
async function holes(): Promise<string[]> {
  const { rows } = await stack.pool.query<{ hole: string }>(
    `select (lower(r) - $1::numeric) / 86400000000 || '/' || (upper(r) - $1::numeric) / 86400000000 as hole
       from tidemark.watermarks,
            unnest(nummultirange(numrange($1::numeric, $2::numeric)) - covered) as r
      where collector_name = 'orders' order by lower(r)`,
    [String(startMs * 1_000), String((startMs + (WINDOWS - 1) * DAY_MS) * 1_000)],
  );
  return rows.map(({ hole }) => hole.replaceAll(/\.0+(?=\/|$)/g, ''));
}

test('three of forty windows fail for good: the run is partial, and the other 37 are loaded', async () => {
  const begins = broken.map((window) => beginOf(window).slice(0, 19));
  gate.refuse(
    (url) => begins.some((at) => url.searchParams.get('updated_after')?.startsWith(at)),
    500,
  );

  first = await stack.run('orders');

  expect(first, await stack.describe(first.id)).toMatchObject({
    status: 'partial',
    records_inserted: (WINDOWS - broken.length) * PER_WINDOW,
    records_rejected: 0,
  });
  const { rows } = await stack.pool.query(
    `select status, count(*)::integer as chunks from tidemark.chunks where run_id = $1 group by status order by status`,
    [first.id],
  );
  expect(rows).toEqual([
    { status: 'done', chunks: 37 },
    { status: 'failed', chunks: 3 },
  ]);
  await expectSame(stack.pool, source);
});

test('each of the three was asked for as often as is declared, and its failure is kept', async () => {
  const asked = gate.requests.map(({ searchParams }) => searchParams.get('updated_after') ?? '');
  for (const window of broken) {
    const times = asked.filter((after) => after.startsWith(beginOf(window).slice(0, 19))).length;
    expect(times, `requests for the window ${window}`).toBe(ATTEMPTS);
  }
  const { rows } = await stack.pool.query<{ reason: string }>(
    'select reason from tidemark.dead_letters where run_id = $1',
    [first.id],
  );
  expect(rows).toHaveLength(3);
  for (const { reason } of rows) expect(reason).toContain('500');
});

test('the watermark has exactly these holes', async () => {
  expect(await holes()).toEqual(['7/9', '31/32']);
});

test('while the source is still broken the next run asks for them again, and loses nothing', async () => {
  const before = gate.requests.length;

  const again = await stack.run('orders');

  expect(again, await stack.describe(again.id)).toMatchObject({
    status: 'partial',
    records_inserted: 0,
    records_updated: 0,
  });
  expect(windowsAsked(gate.requests.slice(before))).toEqual([...broken, WINDOWS - 1]);
  expect(await holes()).toEqual(['7/9', '31/32']);
  await expectSame(stack.pool, source);
});

test('once it answers, the next run asks for the three and what is new, and the target equals the source', async () => {
  gate.refuse();
  const before = gate.requests.length;

  const healed = await stack.run('orders');

  expect(healed, await stack.describe(healed.id)).toMatchObject({
    status: 'success',
    records_inserted: broken.length * PER_WINDOW,
    records_updated: 0,
  });
  expect(windowsAsked(gate.requests.slice(before))).toEqual([...broken, WINDOWS - 1]);
  expect(await holes()).toEqual([]);
  await expectSame(stack.pool, whole);
});
