import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpDefinition, HttpDefinitionInput } from '@tidemark/collector-sdk';
import { registry } from '@tidemark/collectors';
import { startRecords, startUsgs, startWorldBank, type RecordsOptions } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startWorld, type RawBatch, type World } from './extractor-world.ts';

let world: World;
let names = 0;

beforeAll(async () => {
  world = await startWorld({
    TIDEMARK_SECRET_TOKEN: 'the-secret-token',
    TIDEMARK_SECRET_ELSEWHERE: 'bound-secret-token',
    TIDEMARK_SECRET_ELSEWHERE_HOSTS: 'api.example.com',
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** A name of its own for each test, since streams and tables are shared. */
function newName(): string {
  names += 1;
  return `records-${names}`;
}

interface Changes {
  readonly source?: Partial<HttpDefinitionInput['source']>;
  readonly paginate?: HttpDefinitionInput['paginate'];
}

function recordsCollector(url: string, changes: Changes = {}): HttpDefinitionInput {
  const name = newName();
  return {
    name,
    source: { name, baseUrl: url, attempts: 3, retryDelay: '20ms', ...changes.source },
    request: { path: '/records', records: 'data' },
    paginate: changes.paginate ?? {
      kind: 'page',
      size: { param: 'per_page', value: 10 },
      totalPages: 'pages',
    },
    incremental: {
      kind: 'cursor',
      field: 'changed_at',
      from: 'updated_after',
      start: '2000-01-01',
      settle: '1s',
    },
    target: {
      kind: 'table',
      table: 'records',
      key: ['id'],
      fields: { id: { type: 'bigint' }, changed_at: { path: 'updated_at', type: 'timestamptz' } },
    },
  };
}

const rows = (count: number, extra = ''): string[] =>
  Array.from(
    { length: count },
    (_, i) => `{"id":${i + 1},"updated_at":"2024-01-01T00:00:00Z"${extra}}`,
  );

async function recordsSource(options: RecordsOptions) {
  const source = await startRecords(options);
  onTestFinished(async () => source.stop());
  return source;
}

const window = { cursor: { from: '0', to: null } };

function idsOf(batches: readonly RawBatch[]): number[] {
  return batches
    .flatMap((batch) => batch.records.map((record) => Number(record['id'])))
    .toSorted((a, b) => a - b);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test('a chain of pages is published, recorded and bounded by the clock of the source', async () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  const source = await recordsSource({ rows: rows(25), clock: () => nowMs });
  const definition = await world.add(recordsCollector(source.url));

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  expect(idsOf(batches)).toEqual(upTo(25));
  const pages = await waitFor(
    async () => {
      const found = await world.pages(runId);
      return found.length === 3 ? found : undefined;
    },
    { what: 'three recorded pages' },
  );
  expect(pages.map(({ seq, outcome, last }) => [seq, outcome, last])).toEqual([
    [0, 'page', false],
    [1, 'page', false],
    [2, 'last', true],
  ]);
  const bound = Number(pages[0]?.bound);
  expect(bound).toBeLessThan((nowMs - 1_000) * 1_000);
  expect(bound).toBeGreaterThan((nowMs - 5_000) * 1_000);
  // Sources may keep no more than whole seconds.
  expect(bound % 1_000_000).toBe(0);
  expect(new Set(pages.map((page) => page.bound)).size).toBe(1);
  expect(source.requests).toHaveLength(3);
});

test('a stride reads every page once', async () => {
  const source = await recordsSource({ rows: rows(95) });
  const paginate = {
    kind: 'page',
    size: { param: 'per_page', value: 10 },
    totalPages: 'pages',
    width: 4,
  } as const;
  const definition = await world.add(recordsCollector(source.url, { paginate }));

  const runId = await world.run(definition, window);
  await waitFor(async () => (await world.pages(runId)).length === 10, { what: 'ten pages' });

  expect(idsOf(world.batches(runId))).toEqual(upTo(95));
  expect(source.requests).toHaveLength(10);
  expect((await world.pages(runId)).filter((page) => page.last).map((page) => page.seq)).toEqual([
    9,
  ]);
});

test('cursors of the source are followed, and digits survive', async () => {
  const digits = '12345678901234567890.123456789';
  const source = await recordsSource({ rows: rows(7, `,"amount":${digits}`) });
  const definition = await world.add({
    ...recordsCollector(source.url, {
      paginate: { kind: 'cursor', param: 'cursor', next: 'next_cursor' },
    }),
    request: { path: '/records', query: { limit: '3' }, records: 'data' },
  });

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  expect(idsOf(batches)).toEqual(upTo(7));
  expect(batches[0]?.text.match(/"amount":([\d.]+)/)?.[1]).toBe(digits);
});

test('a large page travels in parts, and a record too large for a message is rejected', async () => {
  const big = `{"id":4501,"updated_at":"2024-01-01T00:00:00Z","text":"${'x'.repeat(2_000_000)}"}`;
  const source = await recordsSource({ rows: [...rows(4_500), big] });
  const paginate = {
    kind: 'page',
    size: { param: 'per_page', value: 10_000 },
    totalPages: 'pages',
  } as const;
  const definition = await world.add(recordsCollector(source.url, { paginate }));

  const runId = await world.run(definition, window);
  await waitFor(async () => (await world.pages(runId)).length === 1, { what: 'the page' });
  const batches = await waitFor(
    () => (world.batches(runId).length === 3 ? world.batches(runId) : undefined),
    { what: 'three parts' },
  );

  expect(batches.map(({ headers }) => [headers.part, headers.parts, headers.records])).toEqual([
    [0, 3, 2_000],
    [1, 3, 2_000],
    [2, 3, 500],
  ]);
  expect(batches[2]?.headers.rejected).toBe(1);
  expect(batches[2]?.rejects).toMatchObject([{ position: 500, code: 'RECORD_TOO_LARGE' }]);
  expect(idsOf(batches)).toEqual(upTo(4_500));
});

test('what time cures is tried again, and each fault once', async () => {
  const source = await recordsSource({ rows: rows(5) });
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'garbage' },
    { kind: 'half' },
    { kind: 'status', status: 429, retryAfter: '0' },
  ] as const) {
    source.control.failNext(fault);
  }
  const definition = await world.add(recordsCollector(source.url, { source: { attempts: 5 } }));

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  expect(idsOf(batches)).toEqual(upTo(5));
  expect(source.requests).toHaveLength(6);
});

test('a rate limit is waited for as long as it asks, and is no attempt', async () => {
  const source = await recordsSource({ rows: rows(1) });
  source.control.failNext({ kind: 'status', status: 429 }, 4);
  source.control.failNext({ kind: 'status', status: 429, retryAfter: '1' });
  const definition = await world.add(recordsCollector(source.url, { source: { attempts: 1 } }));
  const startedMs = performance.now();

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  expect(idsOf(batches)).toEqual([1]);
  expect(performance.now() - startedMs).toBeGreaterThan(1_000);
});

test('the rate budget spaces requests, and its waits are no attempts', async () => {
  const source = await recordsSource({ rows: rows(40) });
  const definition = await world.add(recordsCollector(source.url, { source: { attempts: 1 } }));
  await world.pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us) values ($1, $1, 700000)`,
    [definition.source.name],
  );
  const startedMs = performance.now();

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  expect(idsOf(batches)).toEqual(upTo(40));
  expect(performance.now() - startedMs).toBeGreaterThan(3 * 700);
  const asked = batches.map(({ headers }) => Number(headers.askedAt)).toSorted((a, b) => a - b);
  for (const [i, at] of asked.slice(1).entries()) {
    // A request is never early for its slot, but on a busy machine it may be late: then the next gap is shorter.
    expect(at - Number(asked[i])).toBeGreaterThan(500_000);
  }
});

test('a pause that a source asks for is told to everybody', async () => {
  const source = await recordsSource({ rows: rows(1) });
  source.control.failNext({ kind: 'status', status: 429, retryAfter: '2' });
  const definition = await world.add(recordsCollector(source.url));
  await world.pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us, slack_us) values ($1, $1, 1000, 9000)`,
    [definition.source.name],
  );

  const runId = await world.run(definition, window);
  await waitFor(
    async () => {
      const { rows: limits } = await world.pool.query<{ paused: boolean }>(
        `select paused_until > now() + interval '1 second' as paused
           from tidemark.rate_limits where key = $1`,
        [definition.source.name],
      );
      return limits[0]?.paused;
    },
    { what: 'the pause' },
  );

  expect(idsOf(await world.finished(runId))).toEqual([1]);
  expect(source.requests).toHaveLength(2);
});

test('a source that stays broken ends the page as failed, with its answer', async () => {
  const source = await recordsSource({ rows: rows(1) });
  source.control.failNext({ kind: 'status', status: 500, body: 'out of order\0' }, 10);
  const definition = await world.add(recordsCollector(source.url));

  const runId = await world.run(definition, window);
  const [batch] = await world.finished(runId);

  expect(source.requests).toHaveLength(3);
  expect(batch?.headers).toMatchObject({
    outcome: 'failed',
    part: 0,
    parts: 1,
    seq: 0,
    attempt: 1,
  });
  expect(batch?.failure).toMatchObject({
    kind: 'page',
    code: 'SOURCE_UNAVAILABLE',
    payload: 'out of order',
  });
  expect(batch?.failure?.reason).toContain(`${source.url}/records`);
  expect(await world.pages(runId)).toEqual([]);
});

test('a broken source holds up no other collector', async () => {
  const broken = await recordsSource({ rows: rows(1) });
  broken.control.failNext({ kind: 'status', status: 500 }, 100);
  const healthy = await recordsSource({ rows: rows(30) });
  const source = { attempts: 20, retryDelay: '30s' };
  const bad = await Promise.all(
    Array.from({ length: 5 }, () => world.add(recordsCollector(broken.url, { source }))),
  );
  const good = await world.add(recordsCollector(healthy.url));
  const stuck = await Promise.all(bad.map((definition) => world.run(definition, window)));
  await waitFor(() => broken.requests.length >= 5, { what: 'five broken requests' });

  const runId = await world.run(good, window);

  expect(idsOf(await world.finished(runId))).toEqual(upTo(30));
  await world.pool.query(
    `update tidemark.collector_runs set status = 'cancelled' where id = any($1::uuid[])`,
    [stuck],
  );
});

test.each([
  ['TOKEN', 'the-secret-token', undefined],
  ['TOKEN', 'another', 'SOURCE_AUTH_REJECTED'],
  ['MISSING', 'any', 'SECRET_MISSING'],
  ['ELSEWHERE', 'bound-secret-token', 'SECRET_NOT_BOUND'],
])('the secret %s for a source that wants "%s": %s', async (secret, bearerToken, code) => {
  const source = await recordsSource({ rows: rows(2), bearerToken });
  const auth = { kind: 'bearer', secret } as const;
  const definition = await world.add(recordsCollector(source.url, { source: { auth } }));

  const runId = await world.run(definition, window);
  const batches = await world.finished(runId);

  if (code === undefined) expect(idsOf(batches)).toEqual([1, 2]);
  else {
    expect(batches[0]?.failure).toMatchObject({ code });
    expect(JSON.stringify(batches[0]?.failure)).not.toContain('secret-token');
  }
});

async function redirectingSource(location: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/moved')) {
      response.end('{"data":[{"id":1}],"pages":1}');
      return;
    }
    response.writeHead(302, { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['/moved?x=1', undefined],
  ['http://127.0.0.1:1/moved', 'SOURCE_REDIRECTED'],
  ['/again', 'SOURCE_REDIRECTED'],
])('a redirect to %s: %s', async (location, code) => {
  const definition = await world.add(recordsCollector(await redirectingSource(location)));

  const runId = await world.run(definition, window);
  const [batch] = await world.finished(runId);

  expect(batch?.failure?.code).toBe(code);
  expect(batch?.records).toHaveLength(code === undefined ? 1 : 0);
});

test('an answer larger than declared ends the page, also when it is small while packed', async () => {
  const source = await recordsSource({ rows: rows(1_000) });
  const paginate = { kind: 'page', size: { param: 'per_page', value: 1_000 } } as const;
  const definition = await world.add(
    recordsCollector(source.url, { paginate, source: { maxResponseBytes: 20_000 } }),
  );

  const [batch] = await world.finished(await world.run(definition, window));

  expect(batch?.failure?.code).toBe('RESPONSE_TOO_LARGE');
});

test('a source that repeats its last page is a loop, not an endless chain', async () => {
  const source = await recordsSource({ rows: rows(10), beyondEnd: 'last' });
  const paginate = { kind: 'page', size: { param: 'per_page', value: 10 } } as const;
  const definition = await world.add(recordsCollector(source.url, { paginate }));

  const runId = await world.run(definition, window);
  await waitFor(() => world.batches(runId).some((batch) => batch.failure), { what: 'the failure' });

  expect(world.batches(runId).at(-1)?.failure?.code).toBe('PAGE_LOOP');
});

test('a page that is recorded already is not read again; what follows it is', async () => {
  const source = await recordsSource({ rows: rows(25) });
  const definition = await world.add(recordsCollector(source.url));
  const runId = '00000000-0000-4000-8000-0000000000aa';
  const next = [{ seq: 1, place: { page: 3 }, windows: [], bound: '5', stride: null }];
  await world.pool.query(
    `insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, asked_at)
     values ($1, 0, 0, 'aaaaaaaaaaaaaaaa', 1, 'page', false, $2, 5, now())`,
    [runId, JSON.stringify(next)],
  );

  await world.run(definition, { ...window, runId });
  const batches = await world.finished(runId);

  expect(source.requests.map(({ target }) => target)).toEqual([
    expect.stringContaining('page=3') as string,
  ]);
  expect(batches.map((batch) => batch.headers.seq)).toEqual([1]);
});

test.each([
  ['a cancelled run', `update tidemark.collector_runs set status = 'cancelled' where id = $1`],
  ['an older attempt', `update tidemark.chunks set attempt = 2 where run_id = $1`],
])('the pages of %s stop', async (_, sql) => {
  const source = await recordsSource({ rows: rows(1_000), latencyMs: 20 });
  const definition = await world.add(recordsCollector(source.url));
  const runId = await world.run(definition, window);
  await waitFor(async () => (await world.pages(runId)).length >= 2, { what: 'two pages' });

  await world.pool.query(sql, [runId]);

  const { consumers } = world.bus.jsm;
  await waitFor(
    async () => {
      const info = await consumers.info('EXTRACT_LIVE', `extract-${definition.name}`);
      return info.num_pending + info.num_ack_pending === 0;
    },
    { what: 'an empty queue' },
  );
  expect((await world.pages(runId)).length).toBeLessThan(100);
  expect(world.batches(runId).some((batch) => batch.failure)).toBe(false);
});

test('a message that is no task travels on as a failure of its run', async () => {
  const source = await recordsSource({ rows: rows(1) });
  const definition = await world.add(recordsCollector(source.url));
  const runId = '00000000-0000-4000-8000-0000000000bb';

  await world.bus.js.publish(`tidemark.extract.live.${definition.name}.${runId}`, 'not a task', {});
  await waitFor(() => world.batches(runId).length === 1, { what: 'the failure' });

  const [batch] = world.batches(runId);
  expect(batch?.headers).toMatchObject({ outcome: 'failed', chunkId: 0, attempt: 1, seq: 0 });
  // Without a version it is not even read; the code says that the message is at fault.
  expect(batch?.failure).toMatchObject({
    kind: 'message',
    code: 'MESSAGE_INVALID',
    payload: 'not a task',
  });
});

const builtIn = (name: string, url: string, source = {}): HttpDefinitionInput => {
  const found = registry.definitions.find(({ name: its }) => its === name) as HttpDefinition;
  const { rate: _, ...rest } = found.source;
  return { ...found, source: { ...rest, baseUrl: url, retryDelay: '10ms', ...source } };
};

const population = { indicator: 'SP.POP.TOTL', source: 40 };

test('the World Bank is read in a stride, through throttling, marks and texts for numbers', async () => {
  const source = await startWorldBank({ bomShare: 0.5, stringMetaShare: 0.5, seed: 7 });
  onTestFinished(async () => source.stop());
  source.control.failNext({ kind: 'status', status: 400, contentType: 'text/html' }, 2);
  const input = builtIn('world-bank', source.url);
  const definition = await world.add({
    ...input,
    paginate: { ...input.paginate, size: { param: 'per_page', value: 500 } } as never,
  });
  const items = Array.from({ length: 46 }, (_, i) => String(1960 + i));

  const runId = await world.run(definition, { partition: population, items });
  const pages = await waitFor(
    async () => {
      const found = await world.pages(runId);
      return found.some((page) => page.last) && found.length === 6 ? found : undefined;
    },
    { what: 'six pages' },
  );

  const expected = source.control
    .content()
    .filter((row) => row.indicator === 'SP.POP.TOTL' && row.year >= 1960);
  const records = world.batches(runId).flatMap((batch) => batch.records);
  expect(records).toHaveLength(expected.length);
  expect(pages[0]?.signal).toBe(source.control.lastUpdated('40'));
  expect(new Set(pages.map((page) => page.signal)).size).toBe(1);
});

test('an unchanged signal ends the chunk after one request', async () => {
  const source = await startWorldBank();
  onTestFinished(async () => source.stop());
  const definition = await world.add({
    ...builtIn('world-bank', source.url),
    name: 'world-bank-unchanged',
  });
  const signal = source.control.lastUpdated('40');

  const runId = await world.run(definition, { partition: population, items: ['1960'], signal });
  const batches = await world.finished(runId);

  expect(batches.map(({ headers }) => [headers.outcome, headers.records])).toEqual([
    ['unchanged', 0],
  ]);
  // The batch is published before its page is recorded.
  await waitFor(async () => (await world.pages(runId)).length === 1, { what: 'the page' });
  expect(await world.pages(runId)).toMatchObject([{ outcome: 'unchanged', last: true, signal }]);
});

test('an error inside an answer of status 200 fails the page at once', async () => {
  const source = await startWorldBank();
  onTestFinished(async () => source.stop());
  const definition = await world.add({
    ...builtIn('world-bank', source.url),
    name: 'world-bank-wrong',
  });

  const partition = { indicator: 'NO.SUCH', source: 2 };
  const [batch] = await world.finished(await world.run(definition, { partition, items: ['2000'] }));

  expect(batch?.failure).toMatchObject({ code: 'SOURCE_REJECTED' });
  expect(batch?.failure?.payload).toContain('Invalid value');
  expect(source.requests).toHaveLength(1);
});

test('"too many" is answered by halving the window, and every earthquake arrives', async () => {
  const source = await startUsgs({ capMatching: 400 });
  onTestFinished(async () => source.stop());
  const definition = await world.add(builtIn('usgs-earthquakes', source.url));
  const start = String(Date.parse('2000-01-01') * 1_000);
  const windows = [{ from: start, to: null }];

  const runId = await world.run(definition, {
    cursor: { from: start, to: null },
    page: { seq: 0, place: {}, windows, bound: null, stride: null },
  });
  const batches = await world.finished(runId);
  const pages = await waitFor(
    async () => {
      const found = await world.pages(runId);
      return found.at(-1)?.last ? found : undefined;
    },
    { what: 'the last page' },
  );

  const ids = new Set(batches.flatMap((batch) => batch.records.map((record) => record['id'])));
  expect(ids).toEqual(new Set(source.control.content().map((event) => event.id)));
  expect(pages.filter((page) => page.outcome === 'split').length).toBeGreaterThan(3);
  expect(pages.every((page) => page.bound === pages[0]?.bound)).toBe(true);
});

test('a window that may not be halved any more fails the page', async () => {
  const source = await startUsgs({ capMatching: 0 });
  onTestFinished(async () => source.stop());
  const definition = await world.add({
    ...builtIn('usgs-earthquakes', source.url),
    name: 'usgs-too-small',
  });
  const from = Date.parse('2018-02-06') * 1_000;
  const windows = [{ from: String(from), to: String(from + 86_400_000_000) }];

  const runId = await world.run(definition, {
    cursor: { from: '0', to: null },
    page: { seq: 0, place: {}, windows, bound: null, stride: null },
  });
  const batches = await world.finished(runId);

  expect(batches.at(-1)?.failure?.code).toBe('WINDOW_TOO_SMALL');
});
