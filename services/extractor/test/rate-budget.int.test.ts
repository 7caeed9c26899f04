import { spacingOf, type HttpDefinitionInput } from '@tidemark/collector-sdk';
import { startSlidingWindow, type SlidingWindowOptions } from '@tidemark/simulators';
import { setRateLimit } from '@tidemark/store';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startExtractor } from '../src/service.ts';
import { startWorld, type World } from './extractor-world.ts';

let world: World;
const others = new AsyncDisposableStack();
let names = 0;

/** Four extractors with ten lanes together; `bench/rate-budget.ts` has them as processes, for a minute. */
beforeAll(async () => {
  world = await startWorld({ TIDEMARK_LANES: '3' });
  for (const lanes of ['3', '2', '2']) {
    const config = readConfig({
      DATABASE_URL: world.databaseUrl,
      NATS_URL: world.natsUrl,
      TIDEMARK_LANES: lanes,
      TIDEMARK_DISCOVERY_MS: '100',
    });
    others.use(await startExtractor(config));
  }
});

afterAll(async () => {
  await others.disposeAsync();
  await world[Symbol.asyncDispose]();
});

/** A source with an exact sliding window, and collectors that share its declared rate. */
async function pacedSource(options: SlidingWindowOptions) {
  const source = await startSlidingWindow(options);
  onTestFinished(() => source.stop());
  names += 1;
  const name = `paced-${names}`;
  const rate = { requests: options.requests, per: `${options.perMs}ms`, burst: 1, reserve: 0 };
  const spacing = spacingOf(rate);
  if (!spacing) throw new Error('no spacing');
  const declared = { ...spacing, reserve: 0 };
  await setRateLimit(world.pool, { source: name, collectorName: name, declared });
  const run = async (runClass: 'live' | 'backfill', pages: number): Promise<string> => {
    names += 1;
    const input: HttpDefinitionInput = {
      name: `of-${name}-${names}`,
      source: { name, baseUrl: source.url, rate },
      request: { path: `/${names}/${pages}`, records: 'data' },
      paginate: { kind: 'page', totalPages: 'pages' },
      incremental: { kind: 'full' },
      target: { kind: 'table', table: 'paced', key: ['id'], fields: { id: { type: 'text' } } },
    };
    await world.run(await world.add(input), { runClass });
    return `/${names}/${pages}`;
  };
  return { source, run };
}

async function cancelAll(): Promise<void> {
  await world.pool.query(`update tidemark.collector_runs set status = 'cancelled'`);
}

test('ten lanes of four extractors and ten collectors use the quota of a source, and do not overrun it', async () => {
  const { source, run } = await pacedSource({ requests: 30, perMs: 3_000, latencyMs: [5, 40] });
  for (let i = 0; i < 10; i += 1) await run('live', 1_000);
  const answered = () => source.arrivals.filter(({ status }) => status === 200);

  // Two windows full take six seconds where nothing else is done; the bench tells how much of the quota is used.
  await waitFor(() => answered().length >= 60, { what: 'two windows', timeoutMs: 60_000 });
  await cancelAll();

  expect(source.arrivals.length - answered().length).toBeLessThanOrEqual(2);
  expect(new Set(answered().map(({ path }) => path)).size).toBe(10);
}, 90_000);

test('live pages do not queue behind backfills', async () => {
  const { source, run } = await pacedSource({ requests: 10, perMs: 3_000 });
  for (let i = 0; i < 6; i += 1) await run('backfill', 1_000);
  await waitFor(() => source.arrivals.length >= 8, {
    what: 'backfills at work',
    timeoutMs: 20_000,
  });

  const publishedMs = performance.now();
  const path = await run('live', 8);
  const livePages = () => source.arrivals.filter((arrival) => arrival.path === path);
  await waitFor(() => livePages().length >= 8, { what: 'the live pages', timeoutMs: 30_000 });
  await cancelAll();

  // In one queue with six backfills, six of their pages would come with each.
  const lastMs = livePages().at(-1)?.atMs ?? 0;
  const overtaking = source.arrivals.filter(
    (arrival) => arrival.path !== path && arrival.atMs > publishedMs && arrival.atMs < lastMs,
  );
  expect(overtaking.length).toBeLessThan(8 * 3);
});
