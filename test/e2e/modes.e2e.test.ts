import { randomUUID } from 'node:crypto';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGatedSource, type GatedSource } from './stack/gated-source.ts';
import { expectSame, someOrders, type Order } from './stack/orders.ts';
import { runCli } from './stack/run-cli.ts';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

const DAYS = 40;
const PER_DAY = 5;
const ORDERS = DAYS * PER_DAY;
const FIRST = '2024-01-01';
const AFTER = '2024-02-10';
const DAY_MS = 86_400_000;

const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
const day = (place: number): string => dayAfter(FIRST, place);

/** Five orders on each of forty days. */
const orders: readonly Order[] = Array.from({ length: DAYS }, (_, place) =>
  someOrders(PER_DAY, 1 + place * PER_DAY, `${day(place)}T08:00:00.000001Z`),
).flat();

const names = ['holes', 'chain', 'limits', 'trial', 'bad-ones', 'planned', 'back'] as const;
type Name = (typeof names)[number] | 'past';

interface Shape {
  readonly size?: string;
  readonly pageSize?: number;
  readonly start?: string;
  readonly type?: string;
  readonly rate?: string;
}

const shapes: Readonly<Record<(typeof names)[number], Shape>> = {
  holes: { size: '1d' },
  chain: { pageSize: 10 },
  limits: { size: '1d' },
  trial: { size: '10d' },
  'bad-ones': { type: 'uuid' },
  planned: { size: '1d', rate: 'rate: { requests: 600, per: 1m }, ' },
  back: { size: '20d' },
};

let source: RecordsSimulator;
let gate: GatedSource;
let stack: TestStack;

beforeAll(async () => {
  source = await startRecords({ rows: orders });
  gate = await startGatedSource(source.url);
  const definitions = Object.fromEntries(
    names.map((name) => [`${name}.yaml`, yamlOf(name, shapes[name])]),
  );
  stack = await startTestStack({ definitions });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await gate[Symbol.asyncDispose]();
  await source.stop();
});

beforeEach(() => {
  gate.refuse();
  gate.before();
});

function yamlOf(
  name: Name,
  { size, pageSize = 50, start = FIRST, type = 'text', rate = '' }: Shape,
  url = gate.url,
) {
  return `
name: ${name}
source: { name: ${name}, baseUrl: '${url}/${name}', ${rate}attempts: 2, retryDelay: 50ms }
request: { path: /records, records: data, query: { limit: '${pageSize}' } }
paginate: { kind: cursor, param: cursor, next: next_cursor }
incremental:
  kind: cursor
  field: changed_at
  from: updated_after
  to: updated_before
  start: '${start}'
  ${size === undefined ? '' : `size: ${size}`}
target:
  kind: table
  table: ${name.replaceAll('-', '_')}
  key: [id]
  version: changed_at
  fields:
    id: { type: bigint }
    name: { type: ${type} }
    amount: { type: numeric }
    changed_at: { path: updated_at, type: timestamptz }
limits: { concurrency: 2 }
`;
}

const window = { from: FIRST, to: AFTER };
const requestsOf = (name: Name) =>
  gate.requests.filter((url) => url.pathname.startsWith(`/${name}/`));

async function covered(name: Name): Promise<string[]> {
  const { rows } = await stack.pool.query<{ part: string }>(
    `select to_char(tidemark.from_micros(lower(r)) at time zone 'UTC', 'YYYY-MM-DD') || '/'
            || to_char(tidemark.from_micros(upper(r)) at time zone 'UTC', 'YYYY-MM-DD') as part
       from tidemark.watermarks w, unnest(w.covered) as r
      where w.collector_name = $1 order by lower(r)`,
    [name],
  );
  return rows.map(({ part }) => part);
}

async function chunks(run: string): Promise<Record<string, number>> {
  const { rows } = await stack.pool.query<{ status: string; chunks: number }>(
    'select status, count(*)::integer as chunks from tidemark.chunks where run_id = $1 group by status',
    [run],
  );
  return Object.fromEntries(rows.map(({ status, chunks: count }) => [status, count]));
}

async function parentOf(run: string): Promise<string | null> {
  const { rows } = await stack.pool.query<{ parent_run_id: string | null }>(
    'select parent_run_id from tidemark.collector_runs where id = $1',
    [run],
  );
  return rows[0]?.parent_run_id ?? null;
}

async function answerTo(verb: string, name: Name, payload: object = {}) {
  const commandId = randomUUID();
  await stack.command(`tidemark.command.${verb}.${name}`, { ...payload, commandId });
  return waitFor(
    async () => {
      const { rows } = await stack.pool.query<{
        outcome: string;
        reasons: string[];
        run_id: string | null;
      }>('select outcome, reasons, run_id from tidemark.commands where id = $1', [commandId]);
      return rows[0];
    },
    { what: `the answer to ${verb} ${name}` },
  );
}

const statusOf = async (run: string) => (await stack.findRun(run))?.status;

async function expectCounted(run: RunRow): Promise<void> {
  const { rows } = await stack.pool.query<{ processed: number }>(
    `select coalesce(sum(records_processed), 0)::integer as processed from tidemark.batches where run_id = $1`,
    [run.id],
  );
  expect(rows[0]?.processed).toBe(run.records_processed);
  const { records_inserted: i, records_updated: u, records_unchanged: n } = run;
  expect(i + u + n + run.records_stale + run.records_rejected).toBe(run.records_processed);
}

describe('three of forty chunks fail for good', () => {
  const broken = [3, 4, 20];
  let failed: RunRow;

  test('the others are loaded, the run is partial, and the watermark has holes', async () => {
    const days = broken.map(day);
    gate.refuse((url) => days.includes((url.searchParams.get('updated_after') ?? '').slice(0, 10)));

    failed = await stack.run('holes', { window });

    expect(failed, await stack.describe(failed.id)).toMatchObject({
      status: 'partial',
      records_inserted: ORDERS - 3 * PER_DAY,
    });
    expect(await chunks(failed.id)).toEqual({ done: 37, failed: 3 });
    expect(await covered('holes')).toEqual([
      `${day(0)}/${day(3)}`,
      `${day(5)}/${day(20)}`,
      `${day(21)}/${AFTER}`,
    ]);
  });

  test('a retry of one chunk fills its hole; another chunk, which is done, is refused', async () => {
    const { rows } = await stack.pool.query<{ chunk_id: number; status: string }>(
      'select chunk_id, status from tidemark.chunks where run_id = $1 order by cursor_from',
      [failed.id],
    );
    const [three, five] = [rows[3], rows[5]];
    expect([three?.status, five?.status]).toEqual(['failed', 'done']);

    const wrong = await runCli(stack, 'retry', failed.id, '--chunk', String(five?.chunk_id));
    const one = await runCli(
      stack,
      'retry',
      failed.id,
      '--chunk',
      String(three?.chunk_id),
      '--wait',
      '--json',
    );

    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('COMMAND_INVALID') });
    expect(one.code, one.err).toBe(0);
    expect(JSON.parse(one.out)).toMatchObject({
      mode: 'retry',
      parent_run_id: failed.id,
      records_inserted: PER_DAY,
    });
    expect(await covered('holes')).toEqual([
      `${day(0)}/${day(4)}`,
      `${day(5)}/${day(20)}`,
      `${day(21)}/${AFTER}`,
    ]);
  });

  test('a retry of all that failed heals the rest, once', async () => {
    const all = await runCli(stack, 'retry', failed.id, '--wait', '--json');
    const again = await answerTo('retry', 'holes', { parentRunId: failed.id });
    const healed = JSON.parse(all.out) as RunRow;
    const nothing = await answerTo('retry', 'holes', { parentRunId: healed.id });

    expect(all.code, all.err).toBe(0);
    // The chunk that was retried by itself is read once more, which changes nothing.
    expect(healed).toMatchObject({
      status: 'success',
      records_inserted: 2 * PER_DAY,
      records_unchanged: PER_DAY,
    });
    expect(again).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining(`was succeeded by run ${healed.id}`)],
    });
    expect(nothing).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining('left no chunk failed')],
    });
    expect(await covered('holes')).toEqual([`${FIRST}/${AFTER}`]);
    await expectSame(stack.pool, source, 'holes');
  });
});

describe('a backfill of five years below the floor', () => {
  const first = '2019-02-01';
  const floor = '2024-02-01';
  const CHUNKS = 61;
  let old: RecordsSimulator;
  let history: GatedSource;
  /** Requests of the backfill so far. */
  let asked = 0;
  /** The first day that live collection has not read; an order of each day is there when it is read. */
  let liveDay = DAYS;
  let isOver = false;
  let liveRuns = 0;
  let live: Promise<void>;
  let backfill: string;
  let cancelled: RunRow;

  beforeAll(async () => {
    // An order on each fifth day of five years, in windows of thirty days.
    const rows = Array.from({ length: 366 }, (_, place) =>
      someOrders(1, 10_001 + place, `${dayAfter(first, place * 5)}T08:00:00.000001Z`),
    ).flat();
    old = await startRecords({ rows });
    history = await startGatedSource(old.url);
    history.before(async (url) => {
      if ((url.searchParams.get('updated_before') ?? '') > `${floor}T00:00:00Z`) return;
      asked += 1;
      await new Promise((resolve) => void setTimeout(resolve, 20));
    });
    await stack.define('past.yaml', yamlOf('past', { size: '30d', start: floor }, history.url));
    await waitFor(
      async () =>
        (await stack.pool.query(`select from tidemark.collectors where name = 'past'`)).rowCount,
      { what: 'the definition to be registered' },
    );
    // What is above the floor is collected live, before the backfill and all the time beside it.
    await collectLive();
    live = (async () => {
      while (!isOver) await collectLive();
    })();
  });

  afterAll(async () => {
    isOver = true;
    await live?.catch(() => undefined);
    await history?.[Symbol.asyncDispose]();
    await old?.stop();
  });

  async function collectLive(): Promise<void> {
    old.control.upsert(someOrders(1, 1 + liveDay, `${day(liveDay)}T08:00:00.000001Z`));
    const run = await stack.run('past', { window: { from: floor, to: day(liveDay + 1) } });
    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      mode: 'incremental',
      records_inserted: 1,
    });
    liveDay += 1;
    liveRuns += 1;
  }

  async function moreLiveRuns(count: number): Promise<void> {
    const before = liveRuns;
    await Promise.race([
      live,
      waitFor(async () => liveRuns >= before + count, { what: `${count} live runs` }),
    ]);
  }

  const done = async (): Promise<number> => (await chunks(backfill))['done'] ?? 0;

  /** Live collection is where it would be without any backfill. */
  async function expectLiveMark(): Promise<void> {
    const { rows } = await stack.pool.query<{ floor: string; mark: string }>(
      `select to_char(tidemark.from_micros(floor) at time zone 'UTC', 'YYYY-MM-DD') as floor,
              to_char(tidemark.from_micros(tidemark.low_water_mark(covered, floor)) at time zone 'UTC', 'YYYY-MM-DD') as mark
         from tidemark.watermarks where collector_name = 'past'`,
    );
    expect(rows[0]?.floor).toBe(floor);
    expect([day(liveDay), day(liveDay + 1)]).toContain(rows[0]?.mark);
  }

  test('runs beside live runs, and asks for nothing while it is paused', async () => {
    const { code, out, err } = await runCli(
      stack,
      'backfill',
      'past',
      '--from',
      first,
      '--to',
      floor,
    );
    expect(code, err).toBe(0);
    backfill = out.trim();
    for (const until of [4, 14]) {
      await waitFor(async () => (await done()) >= until, { what: `${until} chunks` });
      expect(await answerTo('pause', 'past', { runId: backfill })).toMatchObject({
        outcome: 'accepted',
      });
      // What was under way when it was paused: a chunk is one request, asked for at once or not any more.
      await moreLiveRuns(1);
      await waitFor(async () => (await done()) === asked, { what: 'an end of what was asked for' });
      const before = { asked, done: asked };
      await moreLiveRuns(2);
      expect({ asked, done: await done() }).toEqual(before);
      expect(await statusOf(backfill)).toBe('paused');
      await expectLiveMark();
      expect(await answerTo('resume', 'past', { runId: backfill })).toMatchObject({
        outcome: 'accepted',
      });
    }
  });

  test('cancelled, it keeps what it has loaded, covers just that, and asks for no more', async () => {
    await waitFor(async () => (await done()) >= 24, { what: '24 chunks' });

    expect(await answerTo('cancel', 'past', { runId: backfill })).toMatchObject({
      outcome: 'accepted',
    });
    cancelled = await stack.ended(backfill);
    await moreLiveRuns(1);
    const before = asked;
    await moreLiveRuns(2);

    expect(asked).toBe(before);
    expect(cancelled, await stack.describe(backfill)).toMatchObject({
      status: 'cancelled',
      mode: 'backfill',
      records_updated: 0,
      records_rejected: 0,
    });
    await expectCounted(cancelled);
    const ends = await chunks(backfill);
    expect(Object.keys(ends).toSorted()).toEqual(['cancelled', 'done']);
    expect((ends['done'] ?? 0) + (ends['cancelled'] ?? 0)).toBe(CHUNKS);
    const { rows } = await stack.pool.query<{ loaded: number; covered: boolean }>(
      `select (select count(*)::integer from public.past where changed_at < $2) as loaded,
              range_agg(numrange(cursor_from, cursor_to)) filter (where status = 'done')
                = (select covered * nummultirange(numrange(null, tidemark.to_micros($2)))
                     from tidemark.watermarks where collector_name = 'past') as covered
         from tidemark.chunks where run_id = $1`,
      [backfill, `${floor}T00:00:00Z`],
    );
    expect(rows).toEqual([{ loaded: cancelled.records_inserted, covered: true }]);
    await expectLiveMark();
  });

  test('continued, it reads what was left open and nothing else, and then all is there', async () => {
    const rest = await runCli(stack, 'run', 'past', '--continue', backfill, '--wait', '--json');
    isOver = true;
    await live;

    expect(rest.code, rest.err).toBe(0);
    const run = JSON.parse(rest.out) as RunRow;
    expect(run).toMatchObject({
      status: 'success',
      mode: 'backfill',
      parent_run_id: backfill,
      records_unchanged: 0,
      records_inserted: 366 - cancelled.records_inserted,
    });
    await expectCounted(run);
    expect(await covered('past')).toEqual([`${first}/${day(liveDay)}`]);
    await expectLiveMark();
    await expectSame(stack.pool, old, 'past');
  });

  test('pausing what is not running, and resuming what is not paused, is answered', async () => {
    expect(await answerTo('pause', 'past')).toMatchObject({
      outcome: 'skipped',
      reasons: ['no run of "past" is running'],
    });
    expect(await answerTo('resume', 'past', { runId: randomUUID() })).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringMatching(/^RUN_UNKNOWN/)],
    });
  });
});

test('a chain that is paused at each of its pages loses none and counts none twice', async () => {
  const pages = ORDERS / 10;
  let open: (() => void) | undefined;
  let asked = 0;
  gate.before(async (url) => {
    if (!url.pathname.startsWith('/chain/')) return;
    asked += 1;
    await new Promise<void>((resolve) => {
      open = resolve;
    });
  });

  const run = await stack.startRun('chain', { window });
  const pausedAt = new Set<number>();
  while ((await statusOf(run)) !== 'success') {
    await waitFor(async () => open !== undefined || (await statusOf(run)) === 'success', {
      what: 'a request, or the end',
    });
    if (open === undefined) break;
    // Its request is there and waits, so nobody counts on: read any earlier, the number could be that of the one before.
    const page = asked;
    // Every second page is answered before the pause, the others in it.
    const pause = () => answerTo('pause', 'chain', { runId: run });
    if (page % 2 === 0) await pause();
    open();
    open = undefined;
    if (page % 2 === 1) await pause();
    const paused = await statusOf(run);
    if (paused === 'success') break;
    expect(paused).toBe('paused');
    await answerTo('resume', 'chain', { runId: run });
    pausedAt.add(page);
  }
  const ended = await stack.ended(run);

  expect(pausedAt.size).toBeGreaterThanOrEqual(pages - 1);
  expect(ended, await stack.describe(run)).toMatchObject({
    status: 'success',
    pages_read: pages,
    records_inserted: ORDERS,
    records_processed: ORDERS,
    records_refetched: 0,
  });
  await expectCounted(ended);
  expect(await covered('chain')).toEqual([`${FIRST}/${AFTER}`]);
  await expectSame(stack.pool, source, 'chain');
  const lost = stack.logs('watermark').filter((line) => line.includes('lost chunk restarted'));
  expect(lost.filter((line) => line.includes(run))).toEqual([]);
});

test('a chain that is cut off by a limit again and again gets to its end, and reads no page twice', async () => {
  const ended: RunRow[] = [];
  let run = await stack.run('chain', { mode: 'full', window, maxRecords: 30 });
  for (ended.push(run); run.status === 'partial' && ended.length < 20; ended.push(run)) {
    run = await stack.run('chain', { continue: true, maxRecords: 30 });
  }

  expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success', mode: 'full' });
  expect(ended.length).toBeGreaterThan(2);
  const sum = (count: (each: RunRow) => number) =>
    ended.reduce((all, each) => all + count(each), 0);
  expect(sum(({ records_processed }) => records_processed)).toBe(ORDERS);
  expect(sum(({ records_unchanged }) => records_unchanged)).toBe(ORDERS);
  await expectSame(stack.pool, source, 'chain');
});

describe('limits', () => {
  let limited: RunRow;

  test('a run ends after as many chunks as it may read, and the rest is left open', async () => {
    limited = await stack.run('limits', { window, maxChunks: 7 });

    expect(limited, await stack.describe(limited.id)).toMatchObject({
      status: 'partial',
      records_inserted: 7 * PER_DAY,
      error_message:
        'stopped by its limit of 7 chunks, after 7 chunks and 35 records; 33 chunks are left open',
    });
    expect(await chunks(limited.id)).toEqual({ done: 7, cancelled: 33 });
    expect(await covered('limits')).toEqual([`${day(DAYS - 7)}/${AFTER}`]);
  });

  test('a run that continues it takes up the rest, and may be limited too', async () => {
    const next = await stack.run('limits', { continue: true, maxRecords: 50 });
    const { done = 0, ...open } = await chunks(next.id);

    expect(next, await stack.describe(next.id)).toMatchObject({
      status: 'partial',
      mode: 'incremental',
    });
    expect(await parentOf(next.id)).toBe(limited.id);
    expect(next.records_processed).toBeGreaterThanOrEqual(50);
    // Four chunks of five records may be under way when the limit is noticed.
    expect(next.records_processed).toBeLessThanOrEqual(70);
    expect(open).toEqual({ cancelled: 33 - done });
    expect(next.error_message).toBe(
      `stopped by its limit of 50 records, after ${done} chunks and ${next.records_processed} records; ` +
        `${33 - done} chunks are left open`,
    );
    await expectCounted(next);
    limited = next;
  });

  test('a cancelled run is continued by name, until nothing is left open', async () => {
    gate.before(async () => void (await new Promise((resolve) => setTimeout(resolve, 100))));
    const cancelled = await stack.startRun('limits', { continue: true });
    await waitFor(async () => (await chunks(cancelled))['done'], { what: 'a chunk that is done' });
    expect(await answerTo('cancel', 'limits', { runId: cancelled })).toMatchObject({
      outcome: 'accepted',
    });
    expect((await stack.ended(cancelled)).status).toBe('cancelled');
    expect(await parentOf(cancelled)).toBe(limited.id);
    gate.before();

    const rest = await runCli(stack, 'run', 'limits', '--continue', cancelled, '--wait', '--json');

    expect(rest.code, rest.err).toBe(0);
    expect(JSON.parse(rest.out)).toMatchObject({ status: 'success', parent_run_id: cancelled });
    expect(await covered('limits')).toEqual([`${FIRST}/${AFTER}`]);
    await expectSame(stack.pool, source, 'limits');
    expect(await answerTo('run', 'limits', { continue: cancelled })).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining('was succeeded by')],
    });
  });

  test('a checkpoint that was cleared is not taken up', async () => {
    const left = await stack.run('limits', { mode: 'full', window, maxChunks: 1 });
    const anew = await stack.run('limits', {
      mode: 'full',
      window,
      maxChunks: 2,
      clearCheckpoint: true,
    });

    expect(await parentOf(anew.id)).toBeNull();
    expect(await answerTo('run', 'limits', { continue: left.id })).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining(`was succeeded by run ${anew.id}`)],
    });
    const next = await stack.run('limits', { continue: true });
    expect(await parentOf(next.id)).toBe(anew.id);
    expect(await chunks(next.id)).toEqual({ done: DAYS - 2 });
  });
});

describe('a plan', () => {
  test('is what a run asks for, starts nothing, and asks the source for nothing', async () => {
    const args = ['--from', FIRST, '--to', AFTER, '--json'];
    const { code, out, err } = await runCli(stack, 'run', 'planned', '--plan', ...args);
    expect(code, err).toBe(0);
    const plan = JSON.parse(out);

    expect(requestsOf('planned')).toEqual([]);
    const { rows } = await stack.pool.query(
      `select from tidemark.collector_runs where collector_name = 'planned'
        union all select from tidemark.watermarks where collector_name = 'planned'`,
    );
    expect(rows).toEqual([]);
    expect(plan).toMatchObject({
      chunks_planned: DAYS,
      requests: DAYS,
      runs_compared: 0,
      quota: { requests: 600, per: '1m' },
    });

    const run = await stack.run('planned', { window });
    const asked = await stack.pool.query(
      `select chunk_id, partition,
              to_char(tidemark.from_micros(cursor_from) at time zone 'UTC', 'YYYY-MM-DD') as from,
              to_char(tidemark.from_micros(cursor_to) at time zone 'UTC', 'YYYY-MM-DD') as to
         from tidemark.chunks where run_id = $1 order by priority desc, chunk_id`,
      [run.id],
    );
    const days = (instant: string) => instant.slice(0, 10);
    expect(
      plan.chunks.map((chunk: { from: string; to: string; items: string[] }) => {
        const { items: _, ...rest } = chunk;
        return { ...rest, from: days(chunk.from), to: days(chunk.to) };
      }),
    ).toEqual(asked.rows);
  });

  test('of a backfill tells requests and time from earlier runs', async () => {
    const shown = await runCli(
      stack,
      'backfill',
      'planned',
      '--from',
      FIRST,
      '--to',
      AFTER,
      '--plan',
    );
    expect(shown.code, shown.err).toBe(0);
    expect(shown.out).toContain('planned, backfill: 40 chunks, about 40 requests');
    expect(shown.out).toContain('Nothing was started');
    const upsideDown = await runCli(
      stack,
      'backfill',
      'planned',
      '--from',
      AFTER,
      '--to',
      FIRST,
      '--plan',
    );
    expect(upsideDown).toMatchObject({ code: 1, err: expect.stringContaining('WINDOW_INVALID') });
  });
});

describe('a rehearsal', () => {
  const changed = [3, 4, 77];
  const added = someOrders(4, 900, '2024-02-09T20:00:00.000001Z');

  test('tells exactly what a run would change, and leaves target and watermark alone', async () => {
    await stack.pool.query(
      'insert into public.trial (id, name, amount, changed_at) values (77, null, 0, $1)',
      ['2023-01-01T00:00:00Z'],
    );
    await stack.pool.query(
      `insert into public.trial (id, name, amount, changed_at)
       select id, name, amount::numeric, changed_at::timestamptz
         from jsonb_to_recordset($1) as o (id bigint, name text, amount text, changed_at text)
       on conflict do nothing`,
      [
        JSON.stringify(
          orders.map(({ updated_at, ...order }) => ({
            ...order,
            ...(changed.includes(order.id) ? { name: 'old name' } : {}),
            changed_at: changed.includes(order.id) ? '2023-12-01T00:00:00Z' : updated_at,
          })),
        ),
      ],
    );
    source.control.upsert(added);
    const content = `select md5(string_agg(t::text, '|' order by id)) as content from public.trial t`;
    const before = (await stack.pool.query(content)).rows;

    const shown = await runCli(
      stack,
      'run',
      'trial',
      '--rehearse',
      '--from',
      FIRST,
      '--to',
      AFTER,
      '--wait',
      '--json',
    );

    expect(shown.code, shown.err).toBe(0);
    const run = JSON.parse(shown.out);
    expect(run.report.error).toBeUndefined();
    expect(run).toMatchObject({
      mode: 'rehearsal',
      class: 'backfill',
      records_inserted: 4,
      records_updated: 3,
      records_unchanged: ORDERS - 3,
      report: { rows_inserted: 4, rows_updated: 3, rows_unchanged: ORDERS - 3 },
    });
    expect(run.report.samples).toContainEqual({
      kind: 'updated',
      key: { id: '3' },
      changes: {
        name: { old: 'old name', new: 'order 3' },
        changed_at: expect.objectContaining({ old: expect.stringContaining('2023-12-01') }),
      },
    });
    expect(run.report.samples).toHaveLength(7);
    expect((await stack.pool.query(content)).rows).toEqual(before);
    expect(await covered('trial')).toEqual([]);
    const left = await stack.pool.query(
      `select from information_schema.tables where table_schema = 'tidemark_rehearsals'`,
    );
    expect(left.rows).toEqual([]);
  });

  test('is right: the run that follows writes just that', async () => {
    const run = await stack.run('trial', { window });

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 4,
      records_updated: 3,
      records_unchanged: ORDERS - 3,
    });
    await expectSame(stack.pool, source, 'trial');
    source.control.delete(added.map(({ id }) => id));
  });
});

test('a chunk of which every record is rejected fails, however few they are', async () => {
  const run = await stack.run('bad-ones', { window: { from: day(1), to: day(3) } });

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'failed',
    records_processed: 2 * PER_DAY,
    records_rejected: 2 * PER_DAY,
    error_message: expect.stringMatching(/^REJECTS_EXCEEDED: /),
  });
  expect(await covered('bad-ones')).toEqual([]);
});

describe('a reset', () => {
  test('by name takes the watermark back, and the next run asks for what was forgotten', async () => {
    await stack.run('back', { window });
    expect(await covered('back')).toEqual([`${FIRST}/${AFTER}`]);

    const { code, out } = await runCli(stack, 'reset', 'back', '--to', day(30));

    expect([code, out]).toEqual([0, `accepted: 1 of 1 partitions set back to ${day(30)}`]);
    expect(await covered('back')).toEqual([`${FIRST}/${day(30)}`]);
    const run = await stack.run('back', { window: { to: AFTER } });
    expect(run).toMatchObject({ status: 'success', records_unchanged: 10 * PER_DAY });
    expect(await covered('back')).toEqual([`${FIRST}/${AFTER}`]);
  });

  test('needs to be told how far, and a collector that is known', async () => {
    expect(await answerTo('reset', 'back')).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringContaining('either `to` or `all: true`')],
    });
    expect(await answerTo('reset', 'back', { all: true })).toMatchObject({ outcome: 'accepted' });
    expect(await covered('back')).toEqual([]);
    expect(await answerTo('reset', 'back', { all: true })).toMatchObject({ outcome: 'refused' });
  });
});
