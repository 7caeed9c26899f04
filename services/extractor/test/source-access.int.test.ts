import type { HttpDefinitionInput } from '@tidemark/collector-sdk';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type RawBatch, type World } from './extractor-world.ts';
import { pageOf, startScriptedSource } from './scripted-source.ts';

let world: World;
let names = 0;

beforeAll(async () => {
  world = await startWorld({
    TIDEMARK_SECRET_CLIENT: 'client-secret',
    TIDEMARK_SECRET_TOKEN_A: 'token-aaaa',
    TIDEMARK_SECRET_TOKEN_B: 'token-bbbb',
    TIDEMARK_SECRET_TOKEN_C: 'token-cccc',
    TIDEMARK_SECRET_TOKEN_D: 'token-dddd',
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function collector(url: string, source: object, changes: object = {}): HttpDefinitionInput {
  names += 1;
  const name = `access-${names}`;
  return {
    name,
    source: { name, baseUrl: url, attempts: 3, retryDelay: '20ms', ...source },
    request: { path: '/records', records: 'data' },
    paginate: { kind: 'page', totalPages: 'pages' },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 'records', key: ['id'], fields: { id: { type: 'bigint' } } },
    ...changes,
  } as HttpDefinitionInput;
}

const idsOf = (batches: readonly RawBatch[]): number[] =>
  batches.flatMap((batch) => batch.records.map((record) => Number(record['id'])));

async function limitOf(key: string) {
  const { rows } = await world.pool.query<{ remaining: string | null; paused: boolean }>(
    'select remaining, paused_until > now() as paused from tidemark.rate_limits where key = $1',
    [key],
  );
  return rows[0];
}

test('an access token is got once, and got again when the source refuses it', async () => {
  let issued = 0;
  const source = await startScriptedSource((request) => {
    if (request.path === '/token') {
      issued += 1;
      return { body: { access_token: `access-${issued}`, expires_in: 3_600 } };
    }
    // The first token ends with the third page.
    const isGood = request.authorization === `Bearer access-${request.page < 3 ? 1 : 2}`;
    return isGood ? pageOf(request, 5) : { status: 401 };
  });
  const auth = { kind: 'oauth2', tokenUrl: `${source.url}/token`, clientId: 'c', secret: 'CLIENT' };
  const definition = await world.add(collector(source.url, { auth, attempts: 1 }));

  const batches = await world.finished(await world.run(definition));

  expect(idsOf(batches)).toEqual([1, 2, 3, 4, 5]);
  expect(issued).toBe(2);
  expect(source.requests.filter(({ path }) => path === '/records')).toHaveLength(6);
});

test('a page that meets the end of two tokens goes on with the third', async () => {
  let issued = 0;
  const source = await startScriptedSource((request) => {
    if (request.path === '/token') {
      issued += 1;
      return { body: { access_token: `access-${issued}`, expires_in: 3_600 } };
    }
    return request.authorization === 'Bearer access-3' ? pageOf(request, 2) : { status: 401 };
  });
  const auth = { kind: 'oauth2', tokenUrl: `${source.url}/token`, clientId: 'c', secret: 'CLIENT' };
  const definition = await world.add(collector(source.url, { auth }));

  expect(idsOf(await world.finished(await world.run(definition)))).toEqual([1, 2]);
  expect(issued).toBe(3);
});

test('a source that refuses a fresh token too ends the page, and neither secret nor token is told', async () => {
  const source = await startScriptedSource((request) =>
    request.path === '/token'
      ? { body: { access_token: 'access-never' } }
      : { status: 401, body: `no: ${request.authorization}` },
  );
  const auth = { kind: 'oauth2', tokenUrl: `${source.url}/token`, clientId: 'c', secret: 'CLIENT' };
  const definition = await world.add(collector(source.url, { auth }));

  const [batch] = await world.finished(await world.run(definition));

  expect(batch?.failure).toMatchObject({ code: 'SOURCE_AUTH_REJECTED' });
  // As it was, and with as many fresh tokens as there are tries.
  expect(source.requests.filter(({ path }) => path === '/records')).toHaveLength(1 + 3);
  expect(JSON.stringify(batch?.failure)).not.toMatch(/access-never|client-secret/);
});

test.each([
  [{ kind: 'basic', secret: 'CLIENT' }, `Basic ${btoa('client-secret')}`],
  [{ kind: 'bearer', secret: 'CLIENT' }, 'Bearer client-secret'],
])('each request carries %j', async (auth, authorization) => {
  const source = await startScriptedSource((request) => pageOf(request, 2));

  await world.finished(await world.run(await world.add(collector(source.url, { auth }))));

  expect(source.requests.map((request) => request.authorization)).toEqual([
    authorization,
    authorization,
  ]);
});

test('a token address that is down is tried again like the source', async () => {
  const source = await startScriptedSource((request, count) => {
    if (request.path !== '/token') return pageOf(request, 1);
    return count < 3 ? { status: 500 } : { body: { access_token: 'access-late' } };
  });
  const auth = { kind: 'oauth2', tokenUrl: `${source.url}/token`, clientId: 'c', secret: 'CLIENT' };
  const definition = await world.add(collector(source.url, { auth }));

  expect(idsOf(await world.finished(await world.run(definition)))).toEqual([1]);
});

const tokens = { kind: 'tokens', secrets: ['TOKEN_A', 'TOKEN_B'] };

test('of several tokens each has a rate of its own', async () => {
  const source = await startScriptedSource((request) => pageOf(request, 4));
  const definition = await world.add(collector(source.url, { auth: tokens }));
  const { name } = definition.source;
  await world.pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us) values ($1, $1, 2000000)`,
    [name],
  );
  const startedMs = performance.now();

  const batches = await world.finished(await world.run(definition));

  expect(idsOf(batches)).toEqual([1, 2, 3, 4]);
  // Four requests of one token would take six seconds at least.
  expect(performance.now() - startedMs).toBeLessThan(5_900);
  const counts = ['a', 'b'].map(
    (letter) => source.requests.filter((each) => each.authorization?.endsWith(letter)).length,
  );
  expect(counts).toEqual([2, 2]);
});

test('a token that is refused is left alone, and the others go on', async () => {
  const source = await startScriptedSource((request) =>
    request.authorization === 'Bearer token-aaaa' ? { status: 401 } : pageOf(request, 5),
  );
  const definition = await world.add(collector(source.url, { auth: tokens, attempts: 1 }));

  const batches = await world.finished(await world.run(definition));

  expect(idsOf(batches)).toEqual([1, 2, 3, 4, 5]);
  const refused = source.requests.filter((each) => each.authorization === 'Bearer token-aaaa');
  expect(refused.length).toBeLessThanOrEqual(1);
});

test('a page that one token has no quota for goes at once with another one, and the spent one is left alone', async () => {
  const source = await startScriptedSource((request) =>
    request.authorization === 'Bearer token-cccc'
      ? { status: 429, headers: { 'retry-after': '60' } }
      : pageOf(request, 5),
  );
  const auth = { kind: 'tokens', secrets: ['TOKEN_C', 'TOKEN_D'] };
  // Shorter than the pause: a page may wait for another token, not for this one.
  const rate = { requests: 50, per: '1s', maxWait: '500ms' };
  const definition = await world.add(collector(source.url, { auth, rate }));

  const batches = await world.finished(await world.run(definition));

  expect(idsOf(batches)).toEqual([1, 2, 3, 4, 5]);
  const [refused, next] = source.requests;
  expect(refused?.authorization).toBe('Bearer token-cccc');
  expect(next).toMatchObject({ authorization: 'Bearer token-dddd', page: refused?.page });
  // Before the pause of the first one is over, nothing asks with it again.
  expect((next?.atMs ?? Infinity) - (refused?.atMs ?? 0)).toBeLessThan(60_000);
  expect(source.requests.filter((each) => each.authorization === 'Bearer token-cccc')).toEqual([
    refused,
  ]);
});

test('a quota in headers is waited for, before the source has to refuse', async () => {
  let left = 2;
  let resetsAtMs = 0;
  let refused = 0;
  const source = await startScriptedSource((request) => {
    if (request.atMs >= resetsAtMs) [left, resetsAtMs] = [3, request.atMs + 2_000];
    if (left === 0) refused += 1;
    const headers = {
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': String(Math.max(0, (left -= 1))),
      'x-ratelimit-reset': String((resetsAtMs - request.atMs) / 1_000),
    };
    return left < 0 ? { status: 429 } : { ...pageOf(request, 7), headers };
  });
  const definition = await world.add(collector(source.url, {}));

  const batches = await world.finished(await world.run(definition));

  expect(idsOf(batches)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(refused).toBe(0);
});

test('a quota in the body counts for the entity that the body names', async () => {
  const source = await startScriptedSource((request) =>
    pageOf(request, 2, { rate: { left: 10 - request.page, seconds: 600, of: 'Fixture' } }),
  );
  const body = { remaining: 'rate.left', resetsIn: 'rate.seconds', entity: 'rate.of' };
  const definition = await world.add(collector(source.url, { rate: { body } }));

  await world.finished(await world.run(definition));

  const { name } = definition.source;
  await waitFor(async () => (await limitOf(`${name}/Fixture`))?.remaining === '8', {
    what: 'the numbers of the second page',
  });
  expect(await limitOf(name)).toMatchObject({ remaining: null });
});

test('collectors that declare another entity do not share a quota', async () => {
  const source = await startScriptedSource((request) => ({
    ...pageOf(request, 1),
    headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '600' },
  }));
  const rate = { entity: '{league}' };
  const partitions = [{ league: 'one' }, { league: 'two' }];
  const request = { path: '/{league}', records: 'data' };
  const shared = { name: 'leagues', rate };

  for (const partition of partitions) {
    const input = collector(source.url, shared, { partitions, request });
    const batches = await world.finished(await world.run(await world.add(input), { partition }));
    expect(idsOf(batches)).toEqual([1]);
  }
  expect(await limitOf('leagues/one')).toMatchObject({ remaining: '0' });
  expect(await limitOf('leagues/two')).toMatchObject({ remaining: '0' });
});

test('a page that would wait too long fails, and the pause holds for everybody', async () => {
  const source = await startScriptedSource(() => ({
    status: 429,
    headers: { 'retry-after': '3600' },
  }));
  const shared = { name: 'impatient', rate: { maxWait: '1m' } };
  const run = async (): Promise<string> =>
    world.run(await world.add(collector(source.url, shared)));

  const [first] = await world.finished(await run());
  const [second] = await world.finished(await run());

  for (const batch of [first, second]) {
    expect(batch?.failure).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    expect(batch?.failure?.reason).toMatch(/3[56]\d\d s/);
  }
  expect(await limitOf('impatient')).toMatchObject({ paused: true });
  expect(source.requests).toHaveLength(1);
});

test('a date to which the source asks to wait is one of its own clock, whatever that shows', async () => {
  const waits = [0, 600_000, -600_000].map(async (skewMs) => {
    const source = await startScriptedSource((request, count) => {
      if (count > 1) return pageOf(request, 1);
      const dateIn = (ms: number): string => new Date(Date.now() + skewMs + ms).toUTCString();
      return { status: 429, headers: { date: dateIn(0), 'retry-after': dateIn(2_000) } };
    });
    const definition = await world.add(collector(source.url, { attempts: 1 }));

    const batches = await world.finished(await world.run(definition));

    expect(idsOf(batches)).toEqual([1]);
    const [asked, again] = source.requests;
    return (again?.atMs ?? 0) - (asked?.atMs ?? 0);
  });
  for (const waitedMs of await Promise.all(waits)) {
    // Ten minutes more would not end within this test.
    expect(waitedMs).toBeGreaterThan(1_900);
  }
});

test.each([
  ['its run is cancelled', `update tidemark.collector_runs set status = 'cancelled' where id = $1`],
  [
    'the source is paused',
    `update tidemark.rate_limits set paused_until = now() + interval '1 hour'
      where source = (select collector_name from tidemark.collector_runs where id = $1)`,
  ],
])('a page that waits for its slot is not asked for when %s meanwhile', async (_, sql) => {
  const source = await startScriptedSource((request) => pageOf(request, 1));
  const definition = await world.add(collector(source.url, {}));
  await world.pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us, tat)
     values ($1, $1, 200000000, now() + interval '2 seconds')`,
    [definition.source.name],
  );
  const isBooked = async (): Promise<boolean> => {
    const { rows } = await world.pool.query(
      `select from tidemark.rate_limits where key = $1 and tat > now() + interval '100 seconds'`,
      [definition.source.name],
    );
    return rows.length > 0;
  };
  const runId = await world.run(definition);
  await waitFor(isBooked, { what: 'the booking' });

  await world.pool.query(sql, [runId]);
  const endMs = performance.now() + 3_000;
  await waitFor(() => performance.now() > endMs, { what: 'the slot to pass' });

  expect(source.requests).toHaveLength(0);
  await world.pool.query(`update tidemark.collector_runs set status = 'cancelled' where id = $1`, [
    runId,
  ]);
});

test('what a definition declares as throttling pauses everybody, also without Retry-After', async () => {
  const source = await startScriptedSource((request, count) =>
    count === 1 ? { status: 403, body: 'secondary rate limit' } : pageOf(request, 1),
  );
  const rule = { status: 403, body: 'rate limit', action: 'throttle', wait: '2s' };
  const request = { path: '/records', records: 'data', answers: [rule] };
  const definition = await world.add(collector(source.url, { attempts: 1 }, { request }));

  const runId = await world.run(definition);
  await waitFor(async () => (await limitOf(definition.source.name))?.paused, { what: 'the pause' });

  expect(idsOf(await world.finished(runId))).toEqual([1]);
  const [asked, again] = source.requests;
  expect((again?.atMs ?? 0) - (asked?.atMs ?? 0)).toBeGreaterThan(1_900);
});

test('no definition reaches a metadata service', async () => {
  const definition = await world.add(collector('http://169.254.169.254', {}));

  const [batch] = await world.finished(await world.run(definition));

  expect(batch?.failure).toMatchObject({ code: 'SOURCE_FORBIDDEN' });
});
