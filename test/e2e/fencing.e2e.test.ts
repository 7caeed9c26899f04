import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGatedSource, type GatedSource } from './stack/gated-source.ts';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

const ORDERS = 60;
const PAGES = 6;
const pageSize = ORDERS / PAGES;
/** A chunk of which nothing is found for so long is lost; sweeps look far more often. */
const LOST_AFTER_MS = 2_500;
const SWEEP_MS = 500;

const stages = ['extractor', 'transformer', 'loader'] as const;
const places = Array.from({ length: PAGES }, (_, place) => place);
const chainOf = (place: number): string => `chain_${place}`;

let source: RecordsSimulator;
let gate: GatedSource;
/** A source whose content changes, beside the one that does not. */
let changing: RecordsSimulator;
let stack: TestStack;

beforeAll(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  changing = await startRecords({ rows: someOrders(ORDERS) });
  gate = await startGatedSource(source.url);
  const behindGate = [...places.map(chainOf), 'other'];
  const definitions = [
    ...behindGate.map((name) => [name, `${gate.url}/${name}`] as const),
    ...['frozen_inside', 'frozen_before'].map((name) => [name, changing.url] as const),
  ].map(([name, url]) => [`${name}.yaml`, ordersYaml(url, { name, pageSize })]);
  stack = await startTestStack({
    definitions: Object.fromEntries(definitions),
    env: {
      TIDEMARK_LOST_AFTER_MS: String(LOST_AFTER_MS),
      TIDEMARK_SWEEP_MS: String(SWEEP_MS),
    },
    // All six pages are held at the same time.
    envOf: { extractor: { TIDEMARK_LANES: String(2 * PAGES) } },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await changing?.stop();
  await source?.stop();
});

async function statusOf(runId: string): Promise<string | undefined> {
  return (await stack.findRun(runId))?.status;
}

async function attemptOf(runId: string): Promise<number | undefined> {
  const { rows } = await stack.pool.query<{ attempt: number }>(
    'select attempt from tidemark.chunks where run_id = $1',
    [runId],
  );
  return rows[0]?.attempt;
}

function expectExact(run: RunRow): void {
  expect(run).toMatchObject({
    status: 'success',
    records_processed: ORDERS,
    error_message: null,
  });
  expect(run.records_inserted + run.records_unchanged).toBe(ORDERS);
}

describe.each(stages)(
  'a run whose %s stands still when it is paused, after any page of six,',
  (stage) => {
    test('loads every record once when it goes on', async () => {
      const arrived = places.map(() => Promise.withResolvers<void>());
      const opened = Promise.withResolvers<void>();
      const asked = new Map<string, number>();
      gate.before(async ({ pathname }) => {
        const [, name = ''] = pathname.split('/');
        const page = asked.get(name) ?? 0;
        asked.set(name, page + 1);
        if (name !== chainOf(page)) return;
        arrived[page]?.resolve();
        await opened.promise;
      });
      const standsStill = stage === 'extractor' ? undefined : stack.pid(stage);
      if (standsStill !== undefined) process.kill(standsStill, 'SIGSTOP');

      const runs = await Promise.all(
        places.map((place) => stack.startRun(chainOf(place), { mode: 'full' })),
      );
      await Promise.all(arrived.map(({ promise }) => promise));
      const command = async (verb: 'pause' | 'resume', place: number): Promise<void> => {
        await stack.command(`tidemark.command.${verb}.${chainOf(place)}`);
        await waitFor(
          async () => ((await statusOf(runs[place] ?? '')) === 'paused') === (verb === 'pause'),
          { what: `the run held at page ${place} to ${verb}` },
        );
      };
      await Promise.all(places.map((place) => command('pause', place)));
      // Every second run goes on while it still stands still, the others afterwards.
      const [early, late] = [
        places.filter((at) => at % 2 === 1),
        places.filter((at) => at % 2 === 0),
      ];
      await Promise.all(early.map((place) => command('resume', place)));
      opened.resolve();
      if (standsStill !== undefined) process.kill(standsStill, 'SIGCONT');
      await Promise.all(early.map((place) => stack.ended(runs[place] ?? '')));
      await Promise.all(late.map((place) => command('resume', place)));

      for (const [place, runId] of runs.entries()) {
        expectExact(await stack.ended(runId));
        await expectSame(stack.pool, source, chainOf(place));
        // Resumed once: no sweep took it for lost, though it stood still for longer than several of them.
        expect([place, await attemptOf(runId)]).toEqual([place, 2]);
      }
    });
  },
);

describe('the sweep', () => {
  test('does not begin a page again that takes longer than several sweeps', async () => {
    const answered = Promise.withResolvers<void>();
    gate.before(async ({ pathname }) => {
      if (pathname.startsWith('/other/')) await answered.promise;
    });
    const before = gate.requests.length;
    const runId = await stack.startRun('other', { mode: 'full' });
    await waitFor(() => gate.requests.length > before, { what: 'the request' });
    const untilMs = performance.now() + LOST_AFTER_MS + 3 * SWEEP_MS;
    await waitFor(() => performance.now() > untilMs, { what: 'several sweeps' });

    const attempt = await attemptOf(runId);
    answered.resolve();

    expect(attempt).toBe(1);
    expectExact(await stack.ended(runId));
    expect(gate.requests.length - before).toBe(PAGES);
  });

  test('finds what somebody has removed from a stream', async () => {
    gate.before();
    process.kill(stack.pid('transformer'), 'SIGSTOP');
    const runId = await stack.startRun('other', { mode: 'full' });
    await waitFor(async () => (await recorded(runId)) === PAGES, {
      what: 'all pages to be read',
    });

    await stack.purge('RAW_LIVE');
    await waitFor(async () => (await attemptOf(runId)) === 2, { what: 'a sweep that misses it' });
    process.kill(stack.pid('transformer'), 'SIGCONT');

    expectExact(await stack.ended(runId));
    await expectSame(stack.pool, source, 'other');
  });
});

async function recorded(runId: string): Promise<number> {
  const { rows } = await stack.pool.query<{ pages: number }>(
    'select count(*)::int as pages from tidemark.pages where run_id = $1',
    [runId],
  );
  return rows[0]?.pages ?? 0;
}

/** Freezes the loader when it is in the middle of a transaction, which PostgreSQL then has to end. */
async function freezeInside(table: string, start: () => Promise<string>): Promise<Frozen> {
  const other = new pg.Client({ connectionString: stack.databaseUrl });
  await other.connect();
  await other.query(`begin; lock table public.${pg.escapeIdentifier(table)} in exclusive mode`);
  const runId = await start();
  await waitFor(
    async () => {
      const { rowCount } = await stack.pool.query(
        `select from pg_stat_activity where datname = current_database()
            and application_name like '%loader%' and wait_event_type = 'Lock'`,
      );
      return rowCount;
    },
    { what: 'the loader to write the target' },
  );
  process.kill(stack.pid('loader'), 'SIGSTOP');
  await other.query('rollback');
  await other.end();
  return { runId, wake: () => void process.kill(stack.pid('loader'), 'SIGCONT') };
}

/** Freezes the loader when it has a batch and its transaction has not begun. */
async function freezeBefore(_table: string, start: () => Promise<string>): Promise<Frozen> {
  const { database } = stack.lines('loader');
  const held = database.holdFrom('toTarget', 'begin');
  const runId = await start();
  await held;
  process.kill(stack.pid('loader'), 'SIGSTOP');
  return {
    runId,
    wake: () => {
      process.kill(stack.pid('loader'), 'SIGCONT');
      database.release();
    },
  };
}

interface Frozen {
  readonly runId: string;
  /** Lets it go on with what it had in hand. */
  readonly wake: () => void;
}

describe.each([
  ['in the middle of its transaction', 'frozen_inside', freezeInside],
  ['between a batch and its transaction', 'frozen_before', freezeBefore],
] as const)('a loader that is frozen %s', (_when, collector, freeze) => {
  test('writes nothing of an older attempt when it wakes up', async () => {
    const { runId, wake } = await freeze(collector, () => stack.startRun(collector));
    await waitFor(async () => (await recorded(runId)) === PAGES, { what: 'all pages to be read' });
    // What it has in hand is not what the source has now, so that the ledger does not know it.
    const [first] = someOrders(1);
    const updated_at = '2025-06-01T00:00:00.000001Z';
    changing.control.upsert([{ ...first, name: `changed for ${collector}`, updated_at }]);
    changing.control.setLatencyMs(300);
    await stack.purge('LOAD_LIVE');
    await waitFor(async () => (await attemptOf(runId)) === 2, { what: 'the next attempt' });

    await stack.start({ id: 'loader-2', service: 'loader' });
    await waitFor(async () => (await batches(runId)).length > 0, { what: 'its first batch' });
    wake();
    const run = await stack.ended(runId);

    expectExact(run);
    expect((await batches(runId)).map(({ attempt }) => attempt)).toEqual(places.map(() => 2));
    await expectSame(stack.pool, changing, collector);
    // Alone again, it is in order, and what it had in hand has met the fence by then.
    changing.control.setLatencyMs(0);
    expect(await stack.stop('loader-2')).toBe(0);
    await waitFor(async () => (await stack.messagesIn('LOAD_LIVE')) === 0, {
      what: 'no batch left',
    });
    expect(await stack.run(collector, { mode: 'full' })).toMatchObject({
      status: 'success',
      records_unchanged: ORDERS,
    });
    expect(await stack.findRun(runId)).toEqual(run);
    expect(await batches(runId)).toHaveLength(PAGES);
  });
});

async function batches(runId: string): Promise<{ attempt: number }[]> {
  const { rows } = await stack.pool.query<{ attempt: number }>(
    'select attempt from tidemark.batches where run_id = $1 order by seq',
    [runId],
  );
  return rows;
}
