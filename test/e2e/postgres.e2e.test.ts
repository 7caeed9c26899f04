import { freshDatabase, waitFor, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runPgbench, setUpPgbench } from './stack/pgbench.ts';
import { ancestorsOf, receiveTelemetry, type Telemetry } from './stack/telemetry.ts';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

let source: FreshDatabase;
let bench: FreshDatabase;
let db: pg.Pool;
let history: pg.Pool;
let telemetry: Telemetry;
let stack: TestStack;

/** Who reads the conversations, and may do nothing else. */
const reader = `tidemark_reader_${process.pid}`;
const PASSWORD = 'sword fish/47+e2e=';

const extractor = { id: 'extractor', service: 'extractor' } as const;

beforeAll(async () => {
  source = await freshDatabase();
  bench = await freshDatabase();
  // The schema that a user shares its name with would come first.
  db = source.pool({ max: 6, options: '-c search_path=public' });
  history = bench.pool({ max: 4 });
  await db.query(`
    create table conversations (
      conversation_id bigint primary key, contact_name text, contact_phone text, inbox_name text, status text,
      assignee text, labels text[], message_count int, first_response_seconds numeric,
      conversation_created_at timestamp, conversation_updated_at timestamp);
    create index on conversations (conversation_updated_at, conversation_id);
    create table ties (id bigint primary key, note text, at timestamptz);
    create index on ties (at, id);
    create table events (id bigint generated always as identity primary key, writer int, at timestamptz default now());
    create index on events (at, id);
    create table undated (id bigint primary key, note text, at timestamptz)`);
  await setUpPgbench(history);
  await db.query(`
    create role ${reader} login password '${PASSWORD}' in role pg_read_all_stats;
    grant usage on schema public to ${reader};
    grant select on conversations, ties, events, undated to ${reader}`);
  const address = new URL(source.url);
  address.username = reader;
  address.password = encodeURIComponent(PASSWORD);
  telemetry = await receiveTelemetry();
  stack = await startTestStack({
    env: telemetry.env,
    definitions: {
      'conversations.yaml': `
extends: postgres-conversations
request: { size: 100 }
incremental: { lookback: 0s }
`,
      'ties.yaml': tableYaml('ties', { size: 100, fields: 'note: { type: text }' }),
      'numbers.yaml': tableYaml('ties', { size: 700, fields: 'note: { type: text }' })
        .replace('name: ties', 'name: numbers')
        .replace(
          /incremental: .*/,
          `incremental: { kind: cursor, field: id, unit: integer, format: integer, start: '0' }`,
        )
        .replace('table: ties', 'table: numbers'),
      'events.yaml': tableYaml('events', { size: 50, fields: 'writer: { type: bigint }' }),
      'skipped.yaml': undatedYaml('skipped', ''),
      'included.yaml': undatedYaml('included', ' nulls: include,'),
      'rejected.yaml': undatedYaml('rejected', ' nulls: reject,', 0.1),
      'exceeded.yaml': undatedYaml('exceeded', ' nulls: reject,', 0.02),
      'put_aside.yaml': undatedYaml('put_aside', ' nulls: quarantine,'),
    },
    envOf: {
      extractor: {
        TIDEMARK_SECRET_CONVERSATIONS: address.href,
        TIDEMARK_SECRET_PGBENCH: bench.url,
      },
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await telemetry?.[Symbol.asyncDispose]();
  await db?.query(`drop owned by ${reader}; drop role ${reader}`);
  await source?.drop();
  await bench?.drop();
});

function tableYaml(name: string, { size, fields }: { size: number; fields: string }): string {
  return `
name: ${name}
source: { kind: postgres, name: ${name}, secret: CONVERSATIONS }
request: { kind: sql, sql: 'select * from ${name}', size: ${size} }
incremental: { kind: cursor, field: at, tie: id, start: '2020-01-01' }
target:
  kind: table
  table: ${name}
  key: [id]
  fields:
    id: { type: bigint }
    ${fields}
    at: { type: timestamptz }
`;
}

/** A collector of rows of which some have no cursor. */
function undatedYaml(name: string, nulls: string, maxRejects = 0): string {
  return `${tableYaml('undated', { size: 1_000, fields: 'note: { type: text }' })}
limits: { maxRejects: ${maxRejects} }
`
    .replace('name: undated', `name: ${name}`)
    .replace('tie: id,', `tie: id,${nulls}`)
    .replace('table: undated', `table: ${name}`);
}

/** The oracle: what one query gives at the source, another gives at the target, row for row. */
async function expectSame(from: pg.Pool, asked: string, loaded = asked): Promise<void> {
  const linesOf = async (pool: pg.Pool, sql: string): Promise<string[]> => {
    const { rows } = await pool.query<{ line: string }>(
      `select q::text as line from (${sql}) as q`,
    );
    return rows.map(({ line }) => line).toSorted();
  };
  expect(await linesOf(stack.pool, loaded)).toEqual(await linesOf(from, asked));
}

async function expectSuccess(runId: string): Promise<void> {
  const run = await stack.ended(runId, 150_000);
  expect(run, await stack.describe(runId)).toMatchObject({
    status: 'success',
    records_rejected: 0,
  });
}

describe('postgres-conversations', () => {
  const columns = `conversation_id, contact_name, contact_phone, inbox_name, status, assignee, labels, message_count,
    first_response_seconds`;
  const expectConversations = async (): Promise<void> =>
    expectSame(
      db,
      `select ${columns}, conversation_created_at at time zone 'UTC', conversation_updated_at at time zone 'UTC'
         from conversations`,
      `select ${columns}, conversation_created_at, conversation_updated_at from conversations`,
    );

  test('the first run reads everything, digit for digit', async () => {
    await db.query(
      `insert into conversations
       select n, 'contact "' || n || E'"\\n\\t' || chr(233), null, 'WhatsApp', 'open', null,
              array['a,b', 'c"d', null], n, n / 7.0, timestamp '2024-01-01' + n * interval '1 s',
              timestamp '2024-02-01 00:00:00.000001' + (n / 5) * interval '1.000003 s'
         from generate_series(1, 1234) as n`,
    );

    const run = await stack.run('postgres-conversations');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 1234,
    });
    await expectConversations();
  });

  test('a second run writes nothing, a third one gets what has changed and no more', async () => {
    const second = await stack.run('postgres-conversations');
    await db.query(
      `update conversations set status = 'resolved', conversation_updated_at = now() at time zone 'UTC'
        where conversation_id % 100 = 0`,
    );
    await db.query(
      `insert into conversations (conversation_id, conversation_updated_at)
       select n, now() at time zone 'UTC' from generate_series(2001, 2003) as n`,
    );
    const third = await stack.run('postgres-conversations');

    expect(second).toMatchObject({ records_inserted: 0, records_updated: 0, status: 'success' });
    expect(second.records_processed).toBeLessThan(10);
    expect(third).toMatchObject({ records_inserted: 3, records_updated: 12, status: 'success' });
    await expectConversations();
  });
});

test('the query is in the trace of its run, and the password is nowhere', async () => {
  const run = await stack.run('postgres-conversations');

  const query = await waitFor(
    () =>
      telemetry.spans.find(
        ({ traceId, attributes }) =>
          traceId === run.trace_id &&
          Object.values(attributes).some((text) => /with page as/.test(text)),
      ),
    { what: 'the span of the query' },
  );
  expect(query.service).toBe('tidemark-extractor');
  expect(query.name).toContain(source.name);
  // It ends after the query, and is told later.
  const above = await waitFor(() => ancestorsOf(query, telemetry.spans)[0], {
    what: 'the span above it',
  });
  expect(above.name).toMatch(/^process tidemark\.extract/);
  await stack.stop('extractor');
  await stack.start(extractor);
  const texts = [...telemetry.texts, ...stack.logs('extractor'), ...stack.logs('watermark')];
  for (const form of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    expect(texts.filter((text) => text.includes(form))).toEqual([]);
  }
});

describe('rows without a cursor, one in twenty', () => {
  interface Expected {
    readonly name: string;
    readonly code: string | undefined;
    /** Records of the first run and the second. */
    readonly processed: readonly [number, number];
    /** What the second run warns of. */
    readonly told?: string;
  }
  const names = ['skipped', 'included', 'rejected', 'put_aside', 'exceeded'];
  const firsts = new Map<string, RunRow>();
  const seconds = new Map<string, RunRow>();
  const lettersOf = async (name: string) => {
    const { rows } = await stack.pool.query<{ id: string; code: string; payload: string }>(
      `select id::text, code, payload from tidemark.dead_letters
        where collector_name = $1 and status = 'open' order by (payload::jsonb -> 'id')::int`,
      [name],
    );
    return rows;
  };
  const warningsOf = async (runId: string) =>
    stack.pool.query('select warnings from tidemark.collector_runs where id = $1', [runId]);

  const mustFind = (runs: ReadonlyMap<string, RunRow>, name: string): RunRow => {
    const run = runs.get(name);
    if (!run) throw new Error(`${name} was not run`);
    return run;
  };

  beforeAll(async () => {
    await db.query(
      `insert into undated
       select n, 'row ' || n, case when n % 20 <> 7 then timestamptz '2024-01-01Z' + n * interval '1 s' end
         from generate_series(1, 1000) as n`,
    );
    for (const runs of [firsts, seconds]) {
      const ended = names.map(async (name) => runs.set(name, await stack.run(name)));
      await Promise.all(ended);
    }
  });

  test.each<Expected>([
    { name: 'skipped', code: undefined, processed: [950, 0], told: 'are not read (' },
    { name: 'included', code: undefined, processed: [1_000, 50] },
    { name: 'rejected', code: 'RECORD_INVALID', processed: [1_000, 0], told: 'not read again' },
    { name: 'put_aside', code: 'CURSOR_NULL', processed: [1_000, 0], told: 'not read again' },
    { name: 'exceeded', code: 'RECORD_INVALID', processed: [1_000, 1_000] },
  ])('$name: what becomes of them, and of them in the next run', async (expected) => {
    const { name, code, processed, told } = expected;
    const isFailed = name === 'exceeded';
    const status = isFailed ? 'failed' : 'success';
    const isLoaded = name === 'included';
    const rejected = code === undefined ? 0 : 50;

    const run = mustFind(firsts, name);
    const again = mustFind(seconds, name);

    expect(run, await stack.describe(run.id)).toMatchObject({
      status,
      records_processed: processed[0],
      records_inserted: isLoaded ? 1_000 : 950,
      records_rejected: rejected,
    });
    expect(again, await stack.describe(again.id)).toMatchObject({
      status,
      records_processed: processed[1],
      records_unchanged: processed[1] - (isFailed ? rejected : 0),
      records_rejected: isFailed ? rejected : 0,
    });
    // Only what was not believed is rejected once more.
    const letters = await lettersOf(name);
    expect(letters.map((letter) => letter.code)).toEqual(
      Array.from({ length: isFailed ? 2 * rejected : rejected }, () => code),
    );
    const ids = new Set(letters.map(({ payload }) => (JSON.parse(payload) as { id: number }).id));
    expect(ids.size).toBe(rejected);
    expect((await warningsOf(again.id)).rows).toEqual([
      { warnings: told === undefined ? [] : [expect.stringContaining(told)] },
    ]);
    await expectSame(
      db,
      `select id, note, at from undated ${isLoaded ? '' : 'where at is not null'}`,
      `select id, note, at from ${name}`,
    );
  });

  test('they are edited and replayed, discarded, or get a cursor at the source', async () => {
    const [edited, discarded] = await lettersOf('put_aside');
    const { id, ...record } = JSON.parse(edited?.payload ?? '') as { id: number };
    const payload = JSON.stringify({ id, ...record, at: '2024-05-05T00:00:00Z' });
    await stack.command('tidemark.command.edit.put_aside', { letter: edited?.id, payload });
    const reason = 'nobody will date it';
    await stack.command('tidemark.command.discard.put_aside', { letters: [discarded?.id], reason });
    await waitFor(
      async () => {
        const [first, ...others] = await lettersOf('put_aside');
        return first?.payload.includes('2024-05-05') && others.length === 48;
      },
      { what: 'an edited letter, and one less' },
    );
    const runId = crypto.randomUUID();
    await stack.command('tidemark.command.replay.put_aside', { letters: [edited?.id], runId });

    expect(await stack.ended(runId)).toMatchObject({ status: 'success', records_inserted: 1 });
    expect(await lettersOf('put_aside')).toHaveLength(48);
    expect(await stack.run('put_aside')).toMatchObject({ records_processed: 0 });

    await db.query('update undated set at = now() where id = 987');
    const run = await stack.run('put_aside');

    // Which of them are new nobody can tell: where one has changed, all are read.
    expect(run).toMatchObject({ status: 'success', records_inserted: 1, records_rejected: 49 });
    await expectSame(
      db,
      `select id, note, case when id = ${id} then timestamptz '2024-05-05Z' else at end from undated
        where at is not null or id = ${id}`,
      'select id, note, at from put_aside',
    );
  });
});

test('50,000 rows of one timestamp are read a hundred at a time, with a kill in the middle', async () => {
  await db.query(
    `insert into ties select n, 'row ' || n, timestamptz '2024-01-01Z' from generate_series(1, 50000) as n`,
  );

  const runId = await stack.startRun('ties');
  await waitFor(
    async () =>
      (await stack.pool.query('select from tidemark.pages where run_id = $1 offset 150', [runId]))
        .rowCount,
    { what: 'a third of the pages', timeoutMs: 60_000 },
  );
  await stack.kill('extractor');
  await stack.start(extractor);

  await expectSuccess(runId);
  await expectSame(db, 'select id, note, at from ties');
});

test('a sequence is read on from its greatest number, while short transactions come and go', async () => {
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const busy = (async () => {
    while (!isOver) await db.query('select pg_sleep(0.02)');
  })();
  await db.query(
    `insert into ties select n, 'row ' || n, now() from generate_series(100001, 102500) as n`,
  );
  const first = await stack.run('numbers');
  await db.query(`insert into ties values (102501, 'one more', now())`);
  const second = await stack.run('numbers');
  isOver = true;
  await busy;

  expect(first, await stack.describe(first.id)).toMatchObject({ status: 'success' });
  expect(second).toMatchObject({ status: 'success', records_inserted: 1 });
  expect(second.records_processed).toBeLessThanOrEqual(2);
  await expectSame(db, 'select id, note, at from ties', 'select id, note, at from numbers');
});

test('rows of transactions that commit late, in any order, are all found without look-back', async () => {
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    while (!isOver) {
      const client = await db.connect();
      await client.query('begin');
      await client.query('insert into events (writer) values ($1)', [writer]);
      // The clock of the source, not a wait of the test, is what makes a transaction long.
      await client.query('select pg_sleep($1)', [writer === 0 ? 2.5 : Math.random() / 4]);
      await client.query('commit');
      client.release();
    }
  });
  const long = async (): Promise<number> =>
    (await db.query('select from events where writer = 0')).rowCount ?? 0;
  while ((await long()) < 3) await expectSuccess(await stack.startRun('events'));
  isOver = true;
  await Promise.all(writers);
  await expectSuccess(await stack.startRun('events'));

  await expectSame(db, 'select id, writer, at from events');
});

test('pgbench-history: the books of pgbench balance while it runs, and every row is there', async () => {
  const pgbench = await runPgbench(bench.url, 4, 20);
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const ended = pgbench.ended.finally(() => {
    isOver = true;
  });
  const lateness = await history.connect();
  // A long transaction beside pgbench: its row is dated before thousands of others, and commits after them.
  await lateness.query('begin');
  await lateness.query(
    `insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, 1, 0, now() at time zone 'UTC')`,
  );
  let runs = 0;
  for (; !isOver; runs += 1) {
    await expectSuccess(await stack.startRun('pgbench-history'));
    if (runs === 2) await lateness.query('commit');
  }
  await ended;
  lateness.release();
  await expectSuccess(await stack.startRun('pgbench-history'));

  const accounts = await history.query<{ sum: string }>(
    'select sum(abalance)::text as sum from pgbench_accounts',
  );
  const collected = await stack.pool.query<{ sum: string; count: string }>(
    'select sum(delta)::text as sum, count(*)::text as count from pgbench_history_collected',
  );
  console.log(
    `pgbench-history by ${pgbench.by}: ${collected.rows[0]?.count} rows in ${runs + 1} runs, sum(delta) ${collected.rows[0]?.sum}`,
  );
  expect(runs).toBeGreaterThan(2);
  expect(collected.rows[0]?.sum).toBe(accounts.rows[0]?.sum);
  await expectSame(
    history,
    `select hid, tid, bid, aid, delta, mtime at time zone 'UTC' from pgbench_history`,
    'select hid, tid, bid, aid, delta, mtime from pgbench_history_collected',
  );
});
