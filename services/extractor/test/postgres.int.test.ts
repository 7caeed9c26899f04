import type { DefinitionInput } from '@tidemark/collector-sdk';
import { freshDatabase, waitFor, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startWorld, type RawBatch, type World } from './extractor-world.ts';

let world: World;
let source: FreshDatabase;
let db: pg.Pool;
let names = 0;

beforeAll(async () => {
  source = await freshDatabase();
  db = source.pool({ max: 6 });
  world = await startWorld({
    TIDEMARK_SECRET_SHOP: source.url,
    TIDEMARK_SECRET_WRONG_PASSWORD: withUrl(source.url, (url) => (url.password = 'hunter2-wrong')),
    TIDEMARK_SECRET_CLOSED: withUrl(source.url, (url) => (url.port = '1')),
    TIDEMARK_SECRET_ELSEWHERE: source.url,
    TIDEMARK_SECRET_ELSEWHERE_HOSTS: 'db.example.com',
    TIDEMARK_SECRET_NONSENSE: 'not an address: hunter2',
  });
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await source?.drop();
});

function withUrl(text: string, change: (url: URL) => void): string {
  const url = new URL(text);
  change(url);
  return url.href;
}

/** A table of its own for each test, since the database is shared. */
async function newTable(columns: string): Promise<string> {
  names += 1;
  const table = `source_${names}`;
  await db.query(`create table ${table} (${columns})`);
  return table;
}

interface Changes {
  readonly source?: object;
  readonly request?: object;
  readonly incremental?: object;
}

function collectorOf(sql: string, changes: Changes = {}): DefinitionInput {
  names += 1;
  const name = `query-${names}`;
  return {
    name,
    source: {
      kind: 'postgres',
      name,
      secret: 'SHOP',
      attempts: 2,
      retryDelay: '20ms',
      ...changes.source,
    },
    request: { kind: 'sql', sql, size: 10, ...changes.request },
    incremental: {
      kind: 'cursor',
      field: 'changed_at',
      tie: 'id',
      start: '2000-01-01',
      ...changes.incremental,
    },
    target: {
      kind: 'table',
      table: 'rows',
      key: ['id'],
      fields: { id: { type: 'bigint' }, changed_at: { type: 'timestamptz' } },
    },
  } as DefinitionInput;
}

const window = { cursor: { from: '0', to: null } };

async function read(input: DefinitionInput, task: object = window): Promise<RawBatch[]> {
  const definition = await world.add(input);
  return world.finished(await world.run(definition, task));
}

function idsOf(batches: readonly RawBatch[]): number[] {
  return batches.flatMap((batch) => batch.records.map((record) => Number(record['id'])));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('pages', () => {
  test('follow each other by cursor and tie, in order, each row once', async () => {
    const table = await newTable('id bigint primary key, changed_at timestamptz');
    await db.query(
      `insert into ${table} select n, timestamptz '2024-01-01 00:00:00.000001Z' + (n / 7) * interval '1 microsecond'
         from generate_series(1, 45) as n`,
    );

    const definition = await world.add(collectorOf(`select * from ${table}`));
    const runId = await world.run(definition, window);
    const batches = await world.finished(runId);

    expect(idsOf(batches)).toEqual(upTo(45));
    const pages = await waitFor(
      async () => {
        const found = await world.pages(runId);
        return found.length === 5 ? found : undefined;
      },
      { what: 'five pages' },
    );
    expect(pages.map(({ outcome }) => outcome)).toEqual(['page', 'page', 'page', 'page', 'last']);
  });

  test('values arrive digit for digit, as PostgreSQL writes them', async () => {
    const table = await newTable(
      'id bigint, changed_at timestamptz, n numeric, i interval, b bytea, j json, d double precision, shown int',
    );
    await db.query(
      `insert into ${table} values (9007199254740993, '2024-01-01 00:00:00.123456+02', 123456789012345678901234567890.5,
         interval '1 day 2 hours', '\\xdeadbeef', '{"a": 1.10}', 0.1, 7)`,
    );

    const [batch] = await read(collectorOf(`select * from ${table}`));

    expect(batch?.text).toBe(
      '[{"id":9007199254740993,"changed_at":"2023-12-31T22:00:00.123456+00:00",' +
        '"n":123456789012345678901234567890.5,"i":"P1DT2H","b":"\\\\xdeadbeef","j":{"a": 1.10},"d":0.1,"shown":7}]',
    );
  });

  test('rows of one timestamp need no tie where a page can hold them, and are never torn apart', async () => {
    const table = await newTable('id bigint primary key, changed_at timestamptz');
    await db.query(
      `insert into ${table} select n, timestamptz '2024-01-01Z' + (n > 35)::int * interval '1 s' from generate_series(1, 40) as n`,
    );

    const batches = await read(
      collectorOf(`select * from ${table}`, { incremental: { tie: undefined } }),
    );

    expect(batches.map(({ records }) => records.length)).toEqual([35, 5]);
    expect(idsOf(batches).toSorted((a, b) => a - b)).toEqual(upTo(40));
  });

  test('more rows of one timestamp than a page can hold are refused with a remedy, not skipped', async () => {
    const table = await newTable('id bigint, changed_at timestamptz');
    await db.query(
      `insert into ${table} select n, timestamptz '2024-01-01Z' from generate_series(1, 20001) as n`,
    );

    const [batch] = await read(
      collectorOf(`select * from ${table}`, { incremental: { tie: undefined } }),
    );

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      reason: expect.stringContaining('declare incremental.tie'),
    });
  });

  test('rows that even the tie does not tell apart are read together', async () => {
    const table = await newTable('id bigint, changed_at timestamptz, n int');
    await db.query(
      `insert into ${table} select (n + 14) / 15, timestamptz '2024-01-01Z', n from generate_series(1, 40) as n`,
    );

    const batches = await read(collectorOf(`select * from ${table}`));
    const seen = batches.flatMap((batch) => batch.records.map((record) => record['n']));

    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(40));
  });

  test('many bytes end a page early, and a row that no message can carry is rejected', async () => {
    const table = await newTable('id bigint primary key, changed_at timestamptz, body text');
    await db.query(
      `insert into ${table} select n, timestamptz '2024-01-01Z' + n * interval '1 s',
              repeat('x', case when n = 5 then 1100000 else 900000 end)
         from generate_series(1, 8) as n`,
    );

    const definition = await world.add(collectorOf(`select * from ${table}`));
    const runId = await world.run(definition, window);
    // The last page has several parts.
    const batches = await waitFor(
      () => (idsOf(world.batches(runId)).length === 7 ? world.batches(runId) : undefined),
      { what: 'seven rows' },
    );

    expect(idsOf(batches)).toEqual([1, 2, 3, 4, 6, 7, 8]);
    const rejects = batches.flatMap((batch) => batch.rejects);
    expect(rejects).toMatchObject([{ code: 'RECORD_TOO_LARGE', position: 0 }]);
    expect(rejects[0]?.payload.length).toBeLessThan(70_000);
    expect(new Set(batches.map(({ headers }) => headers.seq)).size).toBe(2);
  });

  test('without a cursor everything is read by the key of the target', async () => {
    const table = await newTable('id bigint, changed_at timestamptz');
    await db.query(`insert into ${table} select n, null from generate_series(1, 25) as n`);

    const batches = await read(
      {
        ...collectorOf(`select * from ${table}`),
        incremental: { kind: 'full' },
      } as DefinitionInput,
      { cursor: null },
    );

    expect(idsOf(batches)).toEqual(upTo(25));
  });

  test('a window has both of its ends, and its columns may have any name', async () => {
    const table = await newTable('id bigint, "Changed ""At""" timestamptz');
    await db.query(
      `insert into ${table} select n, to_timestamp(n) from generate_series(1, 50) as n`,
    );
    const input = collectorOf(`select * from ${table} -- all of them;\n;`);
    const fields = {
      id: { type: 'bigint' },
      changed_at: { type: 'timestamptz', path: 'Changed "At"' },
    };

    const batches = await read(
      { ...input, target: { ...input.target, fields } } as DefinitionInput,
      { cursor: { from: '20000000', to: '30000000' } },
    );

    expect(idsOf(batches)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  test('a cursor of days is read and covered by days', async () => {
    const table = await newTable('id bigint, changed_at date');
    await db.query(
      `insert into ${table} select n, date '2024-01-01' + n / 3 from generate_series(1, 40) as n`,
    );
    const from = `${Date.parse('2024-01-05T12:00:00Z')}000`;

    const batches = await read(
      collectorOf(`select * from ${table}`, { incremental: { format: 'date' } }),
      { cursor: { from, to: null } },
    );

    expect(idsOf(batches)).toEqual(upTo(40).filter((n) => n >= 12));
    expect(batches[0]?.records[0]).toEqual({ id: 12, changed_at: '2024-01-05' });
  });

  test('local times are read by the zone that the request declares, and travel with it', async () => {
    const table = await newTable('id bigint, changed_at timestamp, other timestamp');
    await db.query(
      `insert into ${table} values (1, '2024-07-01 12:00:00.000001', '2024-01-01 12:00'), (2, '2024-07-01 11:59', null)`,
    );

    const [batch] = await read(
      collectorOf(`select * from ${table}`, { request: { zone: 'Europe/Berlin' } }),
      { cursor: { from: `${Date.parse('2024-07-01T10:00:00Z')}000`, to: null } },
    );

    expect(batch?.records).toEqual([
      { id: 1, changed_at: '2024-07-01T10:00:00.000001+00:00', other: '2024-01-01T11:00:00+00:00' },
    ]);
  });

  test('values of the partition are parameters, never text of the query', async () => {
    const table = await newTable('id bigint, changed_at timestamptz, region text');
    await db.query(
      `insert into ${table} values (1, '2024-01-01Z', 'eu'), (2, '2024-01-01Z', $$x' or 'a'='a$$)`,
    );
    const partition = { region: `x' or 'a'='a` };

    const [batch] = await read(
      {
        ...collectorOf(`select * from ${table} where region = {region}`),
        partitions: [partition],
      } as DefinitionInput,
      { ...window, partition },
    );

    expect(batch?.records).toHaveLength(1);
    expect(batch?.records[0]).toMatchObject({ id: 2 });
  });
});

describe('what is not settled', () => {
  async function boundOf(input: DefinitionInput): Promise<bigint> {
    const definition = await world.add(input);
    const runId = await world.run(definition, window);
    await world.finished(runId);
    const [page] = await waitFor(
      async () => {
        const found = await world.pages(runId);
        return found.length > 0 ? found : undefined;
      },
      { what: 'a page' },
    );
    return BigInt(page?.bound ?? 0);
  }

  async function clock(): Promise<bigint> {
    const { rows } = await db.query<{ us: string }>(
      `select floor(extract(epoch from clock_timestamp()) * 1000000)::text as us`,
    );
    return BigInt(rows[0]?.us ?? 0);
  }

  test('nothing is covered beyond the beginning of the oldest open transaction', async () => {
    const table = await newTable('id bigint, changed_at timestamptz default now()');
    const late = await db.connect();
    onTestFinished(async () => late.release());
    await late.query('begin');
    const { rows } = await late.query<{ us: string }>(
      `insert into ${table} values (1) returning floor(extract(epoch from now()) * 1000000)::text as us`,
    );
    const begunUs = BigInt(rows[0]?.us ?? 0);
    // A younger one is below what is held back anyway.
    await waitFor(async () => (await clock()) > begunUs + 2_000_000n, { what: 'two seconds' });
    await db.query(`insert into ${table} values (2)`);

    const whileOpen = await boundOf(collectorOf(`select * from ${table}`));
    await late.query('commit');
    const afterwards = await boundOf(
      collectorOf(`select * from ${table}`, { incremental: { settle: '0s' } }),
    );

    expect(whileOpen).toBe(begunUs - (begunUs % 1_000_000n));
    expect(afterwards).toBeGreaterThan(begunUs);
  });

  test('without one it is covered up to a moment ago, less what has to settle', async () => {
    const table = await newTable('id bigint, changed_at timestamptz');

    const bound = await boundOf(
      collectorOf(`select * from ${table}`, { incremental: { settle: '1m' } }),
    );

    const behindUs = (await clock()) - bound;
    expect(Number(behindUs) / 1e6).toBeGreaterThan(60);
    expect(Number(behindUs) / 1e6).toBeLessThan(75);
  });

  test('integers are covered by their values, but not while older transactions are open', async () => {
    const table = await newTable('id bigserial, changed_at timestamptz');
    const late = await db.connect();
    onTestFinished(async () => late.release());
    await late.query('begin');
    await late.query(`insert into ${table} (changed_at) values (null)`);
    await db.query(`insert into ${table} (changed_at) select null from generate_series(1, 24)`);
    const incremental = {
      field: 'id',
      unit: 'integer',
      format: 'integer',
      start: '0',
      tie: undefined,
    };
    const input = collectorOf(`select * from ${table}`, { incremental });
    const readFirst = async (
      name: string,
    ): Promise<{ ids: number[]; bound: string; seen: string }> => {
      const definition = await world.add({ ...input, name });
      const runId = await world.run(definition, window);
      const batches = await world.finished(runId);
      const first = await waitFor(
        async () => {
          const { rows } = await world.pool.query<{ bound: string; seen: string }>(
            'select bound, seen::text from tidemark.pages where run_id = $1 and seq = 0',
            [runId],
          );
          return rows[0];
        },
        { what: 'page 0' },
      );
      return { ...first, ids: idsOf(batches) };
    };

    const whileOpen = await readFirst('integers-open');
    await late.query('commit');
    const afterwards = await readFirst('integers-settled');

    expect(whileOpen).toMatchObject({ bound: '0', ids: upTo(25).slice(1) });
    expect(afterwards).toMatchObject({ bound: null, seen: '{[-999999,10]}', ids: upTo(25) });
  });

  test('rows that change while pages are read move to the next run, and the chunk ends', async () => {
    const table = await newTable('id bigint primary key, changed_at timestamptz');
    await db.query(
      `insert into ${table} select n, timestamptz '2024-01-01Z' + n * interval '1 s' from generate_series(1, 200) as n`,
    );
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const changing = (async () => {
      while (!isOver) {
        await db.query(
          `update ${table} set changed_at = clock_timestamp() where id = 1 + floor(random() * 200)`,
        );
      }
    })();

    const first = await read(collectorOf(`select * from ${table}`));
    isOver = true;
    await changing;
    const from = String((await clock()) - 60_000_000n);
    const second = await read(collectorOf(`select * from ${table}`), {
      cursor: { from, to: null },
    });

    const seen = new Set([...idsOf(first), ...idsOf(second)]);
    expect(seen.size).toBe(200);
    expect(first.length).toBeLessThanOrEqual(21);
  });

  test('a row of the year 2099 is read, and covers nothing', async () => {
    const table = await newTable('id bigint, changed_at timestamptz');
    await db.query(`insert into ${table} values (1, '2099-01-01Z'), (2, '2024-01-01Z')`);
    const input = collectorOf(`select * from ${table}`);

    expect(idsOf(await read(input))).toEqual([2, 1]);
    expect(await boundOf({ ...input, name: `${input.name}-b` })).toBeLessThan(await clock());
  });
});

describe('rows without a cursor', () => {
  async function tableWithNulls(): Promise<string> {
    const table = await newTable('id bigint, changed_at timestamptz');
    await db.query(
      `insert into ${table} select n, case when n % 2 = 0 then timestamptz '2024-01-01Z' end from generate_series(1, 50) as n`,
    );
    return table;
  }

  test('are read after all others where they are included', async () => {
    const table = await tableWithNulls();

    const batches = await read(
      collectorOf(`select * from ${table}`, { incremental: { nulls: 'include' } }),
    );

    const evens = upTo(50).filter((n) => n % 2 === 0);
    const odds = upTo(50).filter((n) => n % 2 === 1);
    expect(idsOf(batches)).toEqual([...evens, ...odds]);
  });

  test.each(['include', 'quarantine'])(
    'are not read twice in a run by %s: a window with an end has none',
    async (nulls) => {
      const table = await tableWithNulls();

      const batches = await read(
        collectorOf(`select * from ${table}`, { incremental: { nulls, tie: undefined } }),
        { cursor: { from: '0', to: '4000000000000000' } },
      );

      expect(idsOf(batches)).toHaveLength(25);
    },
  );

  test('come in one page where nothing tells them apart', async () => {
    const table = await tableWithNulls();

    const batches = await read(
      collectorOf(`select * from ${table}`, { incremental: { nulls: 'include', tie: undefined } }),
    );

    expect(idsOf(batches)).toHaveLength(50);
  });

  const warningOf = async (runId: string): Promise<readonly string[]> =>
    waitFor(
      async () => {
        const { rows } = await world.pool.query<{ warnings: string[] }>(
          'select warnings from tidemark.collector_runs where id = $1',
          [runId],
        );
        return rows[0]?.warnings.length ? rows[0].warnings : undefined;
      },
      { what: 'a warning of the run' },
    );

  test.each([undefined, 'skip'])('are left out by %s, and the run says so', async (nulls) => {
    const table = await tableWithNulls();
    const definition = await world.add(
      collectorOf(`select * from ${table}`, { incremental: { nulls } }),
    );

    const runId = await world.run(definition, window);
    const batches = await world.finished(runId);

    expect(idsOf(batches)).toHaveLength(25);
    expect(await warningOf(runId)).toEqual([
      '25 rows have no "changed_at" and are not read (incremental.nulls: skip)',
    ]);
  });

  test.each(['reject', 'quarantine'])(
    'are read by %s, but not again while they stay the same',
    async (nulls) => {
      const table = await tableWithNulls();
      const sql = `select id, changed_at, 'x' as n from ${table}`;
      const readAgain = async (signal: string | null) => {
        const definition = await world.add(collectorOf(sql, { incremental: { nulls } }));
        const runId = await world.run(definition, { ...window, signal });
        const ids = idsOf(await world.finished(runId));
        const [page] = await waitFor(
          async () => {
            const pages = await world.pages(runId);
            return pages.at(-1)?.last ? pages : undefined;
          },
          { what: 'the last page' },
        );
        return { runId, ids, signal: page?.signal ?? null };
      };
      const evens = upTo(50).filter((n) => n % 2 === 0);
      const odds = upTo(50).filter((n) => n % 2 === 1);

      const first = await readAgain(null);
      const second = await readAgain(first.signal);
      await db.query(`update ${table} set id = 52 where id = 1`);
      const third = await readAgain(second.signal);
      await db.query(`delete from ${table} where changed_at is null`);
      const fourth = await readAgain(third.signal);

      expect(first.ids).toEqual([...evens, ...odds]);
      expect(second).toMatchObject({ ids: evens, signal: first.signal });
      expect(await warningOf(second.runId)).toEqual([
        expect.stringContaining('25 rows have no "changed_at", the same that an earlier run'),
      ]);
      expect(third.ids).toEqual([...evens, ...odds.slice(1), 52]);
      expect(fourth.ids).toEqual(evens);
    },
  );

  test('a tie that is NULL is refused: its rows could be lost between two pages', async () => {
    const table = await newTable('id bigint, changed_at timestamptz');
    await db.query(`insert into ${table} values (1, '2024-01-01Z'), (null, '2024-01-01Z')`);

    const [batch] = await read(collectorOf(`select * from ${table}`));

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      reason: expect.stringContaining('the column "id", which tells rows apart, is NULL'),
    });
  });
});

describe('what is refused', () => {
  test.each([
    [
      'a delete',
      'with gone as (delete from victims returning *) select * from gone',
      /WITH clause/,
    ],
    [
      'a second statement',
      'select 1 as id, now() as changed_at; drop table victims',
      /syntax error/,
    ],
    [
      'a broken bracket',
      'select 1 as id) as q; drop table victims; --',
      /multiple commands|syntax/,
    ],
    ['no table', 'select * from no_such_table', /no_such_table/],
    ['no column', 'select 1 as id', /no column "changed_at"; it has id/],
    ['two columns of a name', 'select 1 as id, 2 as id, now() as changed_at', /two columns "id"/],
    ['no time', `select 1 as id, 'x'::text as changed_at`, /"changed_at", which is no time/],
    ['no zone', 'select 1 as id, localtimestamp as changed_at', /declare it as request.zone/],
    ['a day', 'select 1 as id, current_date as changed_at', /declare incremental.format date/],
  ])('%s', async (_, sql, reason) => {
    await db.query('create table if not exists victims (id bigint, changed_at timestamptz)');

    const [batch] = await read(collectorOf(sql));

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      reason: expect.stringMatching(reason),
    });
    expect((await db.query(`select to_regclass('victims') as there`)).rows[0].there).toBe(
      'victims',
    );
  });

  test('a function that writes is refused by the read-only transaction', async () => {
    await db.query(`
      create table if not exists written (n int);
      create or replace function write_something() returns int language sql as
        'insert into written values (1) returning n'`);

    const [batch] = await read(
      collectorOf('select write_something() as id, now() - interval $$1 day$$ as changed_at'),
    );

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      reason: expect.stringContaining('25006'),
    });
    expect((await db.query('select from written')).rowCount).toBe(0);
  });

  test('a value that makes the query fail is not repeated', async () => {
    const table = await newTable('id bigint, changed_at timestamptz, name text');
    await db.query(`insert into ${table} values (1, '2024-01-01Z', 'Jane Doe')`);

    const [batch] = await read(collectorOf(`select id, changed_at, name::int from ${table}`));

    expect(batch?.failure?.code).toBe('SOURCE_REJECTED');
    expect(JSON.stringify(batch?.failure)).not.toContain('Jane');
  });

  test('a statement that takes too long is tried again, then the page fails', async () => {
    const [batch] = await read(
      collectorOf('select 1 as id, now() as changed_at from pg_sleep(20)', {
        source: { timeout: '200ms' },
      }),
    );

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      reason: expect.stringContaining('of 2 tries'),
    });
  });

  test.each([
    ['CLOSED', 'SOURCE_UNAVAILABLE', /ECONNREFUSED/],
    ['MISSING', 'SECRET_MISSING', /TIDEMARK_SECRET_MISSING is not set/],
    ['ELSEWHERE', 'SECRET_NOT_BOUND', /bound to db.example.com/],
    ['NONSENSE', 'CONFIG_INVALID', /postgres:\/\/user:password/],
  ])('the address %s', async (secret, code, reason) => {
    const [batch] = await read(collectorOf('select 1', { source: { secret } }));

    expect(batch?.failure).toMatchObject({ code, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(batch?.failure)).not.toContain('hunter2');
  });

  test('a server without TLS where TLS is demanded', async () => {
    const [batch] = await read(collectorOf('select 1', { source: { tls: 'verify' } }));

    expect(batch?.failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      reason: expect.stringContaining('does not support SSL'),
    });
  });
});

test('no more connections are open than the source allows, and each says who it is', async () => {
  const collectors = Array.from({ length: 4 }, () =>
    collectorOf('select 1 as id, now() - interval $$1 day$$ as changed_at from pg_sleep(0.3)', {
      source: { name: 'shared', connections: 2 },
    }),
  );
  let most = 0;
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const watching = (async () => {
    while (!isOver) {
      const { rows } = await db.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and application_name = 'tidemark-extractor' and query like '%pg_sleep(0.3)%'`,
      );
      most = Math.max(most, rows[0]?.n ?? 0);
    }
  })();

  await Promise.all(collectors.map(async (collector) => read(collector)));
  isOver = true;
  await watching;

  expect(most).toBe(2);
});

test('a stop ends a query in hand, and closes what was open', async () => {
  await using other = await startWorld({ TIDEMARK_SECRET_SHOP: source.url });
  const input = collectorOf(
    'select 1 as id, now() - interval $$1 day$$ as changed_at from pg_sleep(25)',
  );
  const definition = await other.add(input);
  await other.run(definition, window);
  const running = async (): Promise<number | null> =>
    (
      await db.query(
        `select from pg_stat_activity
          where datname = current_database() and state = 'active' and query like '%pg_sleep(25)%' and pid <> pg_backend_pid()`,
      )
    ).rowCount;
  await waitFor(async () => (await running()) === 1, { what: 'the query to run' });
  const startedMs = performance.now();

  await other.service[Symbol.asyncDispose]();

  expect(performance.now() - startedMs).toBeLessThan(20_000);
});
