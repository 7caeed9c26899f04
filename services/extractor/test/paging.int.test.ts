import { gzipSync } from 'node:zlib';
import type { HttpDefinitionInput } from '@tidemark/collector-sdk';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSource, type Asked, type Given } from './answers-source.ts';
import { startWorld, type RawBatch, type World } from './extractor-world.ts';

let world: World;
let names = 0;

beforeAll(async () => {
  world = await startWorld({
    TIDEMARK_SECRET_KEY: 'the-secret-key',
    TIDEMARK_SECRET_KEY_HOSTS: '127.0.0.1',
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Changes {
  readonly source?: Partial<HttpDefinitionInput['source']>;
  readonly request?: Partial<HttpDefinitionInput['request']>;
  readonly paginate?: HttpDefinitionInput['paginate'];
  readonly incremental?: HttpDefinitionInput['incremental'];
}

function collector(url: string, changes: Changes): HttpDefinitionInput {
  names += 1;
  const name = `paging-${names}`;
  return {
    name,
    source: { name, baseUrl: url, attempts: 3, retryDelay: '10ms', ...changes.source },
    request: { path: '/things', records: 'data', ...changes.request },
    paginate: changes.paginate ?? { kind: 'none' },
    incremental: changes.incremental ?? { kind: 'full' },
    target: {
      kind: 'table',
      table: 'things',
      key: ['id'],
      fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
    },
  };
}

/** Runs a collector against a source and waits for its end. */
async function collect(
  answer: (asked: Asked, place: number) => Given,
  changes: Changes,
  task: Parameters<World['run']>[1] = {},
) {
  const source = await startSource(answer);
  const definition = await world.add(collector(source.url, changes));
  const runId = await world.run(definition, task);
  const batches = await world.finished(runId);
  return { source, runId, batches, ids: idsOf(batches), failure: batches.at(-1)?.failure };
}

const idsOf = (batches: readonly RawBatch[]): number[] =>
  batches.flatMap(({ records }) => records.map((record) => Number(record['id'])));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const things = (ids: readonly number[]) => ids.map((id) => ({ id }));
const sorted = (ids: readonly number[]): number[] => ids.toSorted((a, b) => a - b);

async function pagesOf(runId: string, count: number) {
  return waitFor(
    async () => {
      const pages = await world.pages(runId);
      return pages.length === count ? pages : undefined;
    },
    { what: `${count} recorded pages` },
  );
}

describe('the next page', () => {
  test('is named by a Link header, on another path, and the key is added to it again', async () => {
    const { ids, source } = await collect(
      ({ path, query, headers }) => {
        const page = Number(query.get('page') ?? 1);
        const next = `http://${headers.host}/by-id/7?page=${page + 1}&key=the-secret-key`;
        return {
          headers: page < 3 ? { link: `<${next}>; rel="next"` } : {},
          body: { data: things([page]), path },
        };
      },
      {
        source: { auth: { kind: 'api-key', in: 'query', name: 'key', secret: 'KEY' } },
        request: { query: { state: 'all' } },
        paginate: { kind: 'link', size: { param: 'per_page', value: 50 } },
      },
    );

    expect(ids).toEqual([1, 2, 3]);
    expect(source.asked.map(({ path, query }) => `${path}?${query.toString()}`)).toEqual([
      '/things?state=all&per_page=50&key=the-secret-key',
      '/by-id/7?page=2&key=the-secret-key',
      '/by-id/7?page=3&key=the-secret-key',
    ]);
    const { rows } = await world.pool.query<{ text: string }>(
      `select string_agg(next::text, '') as text from tidemark.pages`,
    );
    expect(rows[0]?.text).toContain('/by-id/7');
    expect(rows[0]?.text).not.toContain('the-secret-key');
  });

  test('is named in the body, relative to what was asked', async () => {
    const { ids, source } = await collect(
      ({ query }) => {
        const after = Number(query.get('after') ?? 0);
        const next = after < 2 ? `?after=${after + 1}&c=a%2Bb` : null;
        return { body: { data: things([after]), next } };
      },
      { paginate: { kind: 'next-url', next: 'next' } },
    );

    expect(ids).toEqual([0, 1, 2]);
    expect(source.asked.at(-1)?.query.get('c')).toBe('a+b');
  });

  test('follows the last record of the one before, by its time and its id', async () => {
    const at = '2024-01-01T00:00:00.123456Z';
    const { ids, source } = await collect(
      ({ query }) => {
        const after = Number(query.get('after_id') ?? 0);
        return {
          body: {
            data: upTo(7)
              .slice(after, after + 3)
              .map((id) => ({ id, at })),
          },
        };
      },
      {
        paginate: {
          kind: 'keyset',
          after: { since: 'at', after_id: 'id' },
          size: { param: 'n', value: 3 },
        },
      },
    );

    expect(ids).toEqual(upTo(7));
    expect(source.asked.map(({ query }) => [query.get('since'), query.get('after_id')])).toEqual([
      [null, null],
      [at, '3'],
      [at, '6'],
    ]);
  });

  test('is not asked of another host', async () => {
    const elsewhere = await startSource(() => ({ body: { data: [] } }));

    const { failure } = await collect(
      () => ({ body: { data: things([1]), next: `${elsewhere.url}/things` } }),
      { paginate: { kind: 'next-url', next: 'next' } },
    );

    expect(failure?.code).toBe('PAGE_ELSEWHERE');
    expect(elsewhere.asked).toEqual([]);
  });

  test('of a chain that goes round is not asked for ever', async () => {
    const { failure, source } = await collect(
      ({ query }) => ({
        body: { data: [], next: query.get('c') === 'a' ? 'b' : 'a' },
      }),
      { paginate: { kind: 'cursor', param: 'c', next: 'next' } },
    );

    expect(failure?.code).toBe('PAGE_LOOP');
    expect(source.asked.length).toBeLessThan(8);
  });

  test('of offsets is known from the total: several at once, as far apart as the source really gives', async () => {
    const { runId, source } = await collect(
      ({ query }) => {
        const offset = Number(query.get('offset'));
        return {
          headers: { 'x-total-count': '95' },
          body: { data: things(upTo(95).slice(offset, offset + 20)) },
        };
      },
      {
        paginate: {
          kind: 'offset',
          size: { param: 'limit', value: 50 },
          totalRecords: { header: 'X-Total-Count' },
          width: 4,
        },
      },
    );

    await pagesOf(runId, 5);
    expect(sorted(idsOf(world.batches(runId)))).toEqual(upTo(95));
    expect(source.asked).toHaveLength(5);
  });
});

describe('a source that pages no deeper', () => {
  const day = 86_400_000_000n;
  const start = BigInt(Date.parse('2024-01-01')) * 1_000n;
  const all = upTo(40).map((id) => ({
    id,
    at: new Date(Date.parse('2024-01-01') + id * 43_200_000).toISOString(),
  }));
  const answer = ({ query }: Asked): Given => {
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? '9'];
    const offset = Number(query.get('offset'));
    const found = all.filter(({ at }) => at >= from && at <= to);
    if (offset >= 10) return { status: 400, body: { error: 'too deep' } };
    return { body: { data: found.slice(offset, offset + 5) } };
  };
  const changes = {
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      start: '2024-01-01',
      split: { from: 'from', to: 'to', start: '2024-01-01', min: '1h' },
    },
  } as const;
  const size = { param: 'limit', value: 5 };
  const window = {
    cursor: { from: start.toString(), to: null },
    page: {
      seq: 0,
      place: {},
      windows: [{ from: start.toString(), to: (start + 30n * day).toString() }],
      bound: null,
      stride: null,
    },
  };

  test.each([
    ['as it is declared', { kind: 'offset', size, maxDepth: { records: 10 } } as const, []],
    [
      'as it says',
      { kind: 'offset', size } as const,
      [{ status: 400, body: 'too deep', action: 'split' } as const],
    ],
  ])('%s is asked for halves of the window, and all is read', async (_how, paginate, answers) => {
    const { ids } = await collect(answer, { ...changes, paginate, request: { answers } }, window);

    expect([...new Set(sorted(ids))]).toEqual(upTo(40));
  });

  test('fails where there is no window', async () => {
    const { failure } = await collect(
      ({ query }) => ({ body: { data: things([Number(query.get('offset'))]) } }),
      {
        paginate: { kind: 'offset', size: { param: 'limit', value: 1 }, maxDepth: { records: 3 } },
      },
    );

    expect(failure).toMatchObject({ code: 'DEPTH_EXCEEDED' });
    expect(failure?.reason).toContain('3 records');
  });
});

describe('a window that changes while it is paged', () => {
  const paginate = {
    kind: 'offset',
    size: { param: 'limit', value: 10 },
    drift: { by: 'overlap', records: 2, rereads: 2 },
  } as const;

  function slice(ids: readonly number[], { query }: Asked): Given {
    const offset = Number(query.get('offset'));
    return { body: { data: things(ids.slice(offset, offset + 10)) } };
  }

  test('is read again where records were skipped, and nothing is lost', async () => {
    const { ids, runId } = await collect(
      (asked, place) => slice(place < 2 ? upTo(35) : upTo(35).slice(5), asked),
      { paginate },
    );

    expect([...new Set(sorted(ids))]).toEqual(upTo(35));
    const pages = await pagesOf(runId, 7);
    expect(pages.filter(({ last }) => last)).toHaveLength(1);
  });

  test('is not read again where records came in front', async () => {
    const { ids, source } = await collect(
      (asked, place) => slice(place < 2 ? upTo(35) : [101, 102, 103, ...upTo(35)], asked),
      { paginate },
    );

    expect([...new Set(sorted(ids))]).toEqual(upTo(35));
    expect(source.asked).toHaveLength(5);
  });

  test('fails when it never holds still', async () => {
    const { failure } = await collect(
      (asked, place) =>
        slice(
          upTo(100).map((id) => id + place * 7),
          asked,
        ),
      { paginate },
    );

    expect(failure?.code).toBe('PAGES_DRIFTED');
  });
});

describe('answers', () => {
  test('are what the rules say they are', async () => {
    const given: Given[] = [
      { status: 403, body: { message: 'rate limit exceeded' } },
      { body: { error: { code: 7 }, data: null } },
      { status: 418 },
      { body: { data: things([1]) } },
    ];

    const { ids, source } = await collect((_asked, place) => given[place] ?? {}, {
      request: {
        answers: [
          { status: 403, body: 'rate limit', action: 'throttle', wait: '10ms' },
          { at: 'error.code', value: 7, action: 'retry' },
          { status: 418, action: 'retry' },
        ],
      },
    });

    expect(ids).toEqual([1]);
    expect(source.asked).toHaveLength(4);
  });

  test('that are to be ignored are empty pages', async () => {
    const { batches, failure } = await collect(() => ({ status: 404, body: 'no such thing' }), {
      request: { answers: [{ status: 404, action: 'ignore' }] },
    });

    expect(failure).toBeUndefined();
    expect(batches).toMatchObject([{ headers: { outcome: 'last', records: 0 } }]);
  });

  test('of columns become records, with what is around them and what was asked for', async () => {
    const { batches } = await collect(
      () => ({ body: { grid: 3, hourly: { id: [1, 2], t: [0.5, null] } } }),
      {
        request: { records: 'hourly', shape: 'columns', attach: { grid: { at: 'grid' } } },
      },
    );

    expect(batches[0]?.records).toEqual([
      { id: 1, t: 0.5, grid: 3 },
      { id: 2, t: null, grid: 3 },
    ]);
  });

  test.each([
    ['CSV', { kind: 'csv', separator: ';' } as const, 'id;name\r\n1;"a;b"\r\n2;\r\n'],
    ['NDJSON', { kind: 'ndjson' } as const, '{"id":"1","name":"a;b"}\n{"id":"2","name":null}\n'],
  ])('are read as %s, from a packed file too', async (_what, decoder, text) => {
    const { batches } = await collect(
      () => ({
        headers: { 'content-type': 'application/octet-stream' },
        body: gzipSync(Buffer.from(text)),
      }),
      { request: { decoder, records: '$' } },
    );

    expect(batches[0]?.records).toEqual([
      { id: '1', name: 'a;b' },
      { id: '2', name: null },
    ]);
  });

  test('that are torn are asked for again, never half of them taken', async () => {
    const { ids } = await collect(
      (_asked, place) => ({ body: place === 0 ? '{"id":1}\n{"id":2,"na' : '{"id":1}\n{"id":2}\n' }),
      { request: { decoder: { kind: 'ndjson' }, records: '$' } },
    );

    expect(ids).toEqual([1, 2]);
  });
});

/** One run of a collector at a time. */
async function endRuns(): Promise<void> {
  await world.pool.query(`update tidemark.collector_runs set status = 'success'`);
}

describe('conditional requests', () => {
  const etag = '"v1"';
  const answer = ({ headers }: Asked): Given =>
    headers['if-none-match'] === etag
      ? { status: 304, headers: { etag } }
      : { headers: { etag }, body: { data: things([1, 2]) } };
  const incremental = {
    kind: 'cursor',
    field: 'at',
    from: 'since',
    start: '2024-01-01',
  } as const;
  const window = { cursor: { from: '0', to: null } };

  test('an unchanged answer is read once, and covers as much as a page', async () => {
    const source = await startSource(answer);
    const definition = await world.add(
      collector(source.url, { incremental, request: { conditional: {} } }),
    );
    const [page] = await pagesOf(await world.run(definition, window), 1);
    await endRuns();
    expect(page).toMatchObject({ outcome: 'last', signal: expect.stringContaining('v1') });

    const second = await world.run(definition, { ...window, signal: page?.signal ?? null });
    const [unchanged] = await pagesOf(second, 1);
    await endRuns();

    expect(unchanged).toMatchObject({ outcome: 'unchanged', last: true, signal: page?.signal });
    // Clocks of machines are set back a little now and then.
    expect(Number(unchanged?.bound)).toBeGreaterThan(Number(page?.bound) - 2_000_000);
    expect(source.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, etag]);
    // Another window is another question.
    const other = await world.run(definition, {
      cursor: { from: '1000000', to: null },
      signal: page?.signal ?? null,
    });
    expect(await pagesOf(other, 1)).toMatchObject([{ outcome: 'last' }]);
  });

  test('an answer may be named by its moment alone', async () => {
    const modified = new Date(Date.now() - 3_600_000).toUTCString();
    const source = await startSource(({ headers }) =>
      headers['if-modified-since'] === modified
        ? { status: 304 }
        : { headers: { 'last-modified': modified }, body: { data: things([1]) } },
    );
    const definition = await world.add(
      collector(source.url, { incremental, request: { conditional: {} } }),
    );
    const [page] = await pagesOf(await world.run(definition, window), 1);
    await endRuns();

    const again = await world.run(definition, { ...window, signal: page?.signal ?? null });

    expect(await pagesOf(again, 1)).toMatchObject([{ outcome: 'unchanged', last: true }]);
    await endRuns();
  });

  test('what names the first of several pages is not kept', async () => {
    const { runId } = await collect(
      ({ query }) => ({
        headers: { etag },
        body: query.has('c') ? { data: things([2]) } : { data: things([1]), next: 'b' },
      }),
      {
        incremental,
        request: { conditional: {} },
        paginate: { kind: 'cursor', param: 'c', next: 'next' },
      },
      window,
    );

    expect((await pagesOf(runId, 2)).map(({ signal }) => signal)).toEqual([null, null]);
  });
});
