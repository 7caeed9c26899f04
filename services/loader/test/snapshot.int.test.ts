import { Definition } from '@tidemark/collector-sdk';
import { insertSweep, listClosingRuns, sweepRun, type NewSweep } from '@tidemark/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planTarget } from '../src/upsert/target-plan.ts';
import { countsOf, digestOf, LoadFixture, orders, type Row } from './load-fixture.ts';

const snapshot = Definition.parse({ ...orders, incremental: { kind: 'snapshot' } });

let fixture: LoadFixture;
beforeAll(async () => {
  fixture = await LoadFixture.open(snapshot);
  await fixture.pool.query('alter table public.orders add _deleted_at timestamptz');
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(async () => {
  await fixture.pool.query('truncate public.orders, tidemark.seen, tidemark.sweeps');
});

let clockUs = 1_700_000_000_000_000n;
const tick = (): string => (clockUs += 1_000_000n).toString();

const someRows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ id: from + at, note: `n${from + at}` }));

/** Begins a run that deletes what it does not see, or one that only loads. */
async function begin(sweep: Partial<NewSweep> | null, chunks = 1): Promise<void> {
  await fixture.startRun(chunks);
  if (!sweep) return;
  await insertSweep(fixture.pool, {
    runId: fixture.runId,
    target: '"public"."orders"',
    key: ['id'],
    deletions: 'mark',
    maxDeletedShare: 0.5,
    scope: [],
    ...sweep,
  });
}

/** One page of a chunk: recorded, then loaded; ends the chunk when it is the last. */
async function page(rows: readonly Row[], { chunkId = 0, seq = 0, last = true } = {}) {
  const askedAt = tick();
  await fixture.pool.query(
    `select tidemark.record_page($1, $2, 1, $3, $4, 1, $5, $6, '[]', null, null, $7)`,
    [fixture.runId, chunkId, seq, digestOf(seq), last ? 'last' : 'page', last, askedAt],
  );
  return fixture.load({ rows, chunkId, seq, askedAt });
}

const sweep = () => fixture.store.transaction((db) => sweepRun(db, fixture.runId));

async function loaded(rows: readonly Row[]): Promise<void> {
  await begin(null);
  await page(rows);
}

async function run() {
  const [row] = await fixture.rows(
    'select status, records_deleted::int, error_message from tidemark.collector_runs where id = $1',
    [fixture.runId],
  );
  return row;
}

async function ids(condition: string): Promise<number[]> {
  const rows = await fixture.rows<{ id: number }>(
    `select id::int from public.orders where ${condition} order by id`,
  );
  return rows.map(({ id }) => id);
}

const remembered = async (): Promise<number> =>
  (await fixture.rows('select from tidemark.seen')).length;

describe('rows that vanished from a complete snapshot', () => {
  test('are marked, and no others are touched', async () => {
    await loaded(someRows(1, 10));
    const before = await fixture.rows(
      'select id, xmin::text from public.orders where id <= 8 order by id',
    );

    await begin({});
    await page(someRows(1, 5), { seq: 0, last: false });
    expect(await run()).toMatchObject({ status: 'running' });
    await page(someRows(6, 8), { seq: 1 });

    expect(await run()).toMatchObject({ status: 'closing' });
    expect((await listClosingRuns(fixture.pool)).map(({ id }) => id)).toEqual([fixture.runId]);
    expect(await ids('_deleted_at is not null')).toEqual([]);
    expect(await sweep()).toEqual({ runStatus: 'success', deleted: 2 });
    expect(await run()).toEqual({ status: 'success', records_deleted: 2, error_message: null });
    expect(await ids('_deleted_at is not null')).toEqual([9, 10]);
    expect(await ids(`_run_id = '${fixture.runId}' and updated_at = _deleted_at`)).toEqual([9, 10]);
    expect(
      await fixture.rows('select id, xmin::text from public.orders where id <= 8 order by id'),
    ).toEqual(before);
    expect(await remembered()).toBe(0);
  });

  test('are removed where the definition says so', async () => {
    await loaded(someRows(1, 10));

    await begin({ deletions: 'remove' });
    await page(someRows(2, 10));

    expect(await sweep()).toEqual({ runStatus: 'success', deleted: 1 });
    expect(await ids('true')).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('and come back lose their mark, whatever their version says', async () => {
    await loaded(someRows(1, 4).map((row) => ({ ...row, version: 7 })));
    await begin({});
    await page(someRows(1, 2).map((row) => ({ ...row, version: 7 })));
    await sweep();

    await begin({});
    const result = await page([
      ...someRows(1, 3).map((row) => ({ ...row, version: 7 })),
      { id: 4, version: 3, note: 'restored' },
    ]);
    await sweep();

    expect(countsOf(result)).toBe('0/2/2/0/0');
    expect(await ids('_deleted_at is not null')).toEqual([]);
    expect(await ids(`version = 3 and note = 'restored'`)).toEqual([4]);
  });

  test('are told apart from those of a batch that had to be cut to be loaded', async () => {
    await fixture.pool.query('create unique index one_note on public.orders (note)');
    await loaded(someRows(1, 10));
    await begin({});

    // Whole, the first row would take the note of the second before that one gives it away.
    const moved = [{ id: 2, note: 'free' }, { id: 1, note: 'n2' }, ...someRows(3, 9)];
    const result = await page(moved);

    await fixture.pool.query('drop index public.one_note');
    expect(countsOf(result)).toBe('0/2/7/0/0');
    expect(await sweep()).toEqual({ runStatus: 'success', deleted: 1 });
    expect(await ids('_deleted_at is not null')).toEqual([10]);
  });

  test('are not marked twice', async () => {
    await loaded(someRows(1, 4));
    for (const deleted of [2, 0]) {
      await begin({});
      await page(someRows(1, 2));
      expect(await sweep()).toEqual({ runStatus: 'success', deleted });
    }
  });
});

describe('nothing is deleted', () => {
  test('when more is gone than can be believed, and the run says so', async () => {
    await loaded(someRows(1, 10));

    await begin({ maxDeletedShare: 0.2 });
    await page(someRows(1, 7));

    expect(await sweep()).toEqual({ runStatus: 'partial', deleted: 0 });
    expect(await run()).toMatchObject({ status: 'partial', records_deleted: 0 });
    expect((await run())?.['error_message']).toMatch(/SNAPSHOT_SHRUNK: 3 of 10 rows .* 0.2/);
    expect(await ids('_deleted_at is not null')).toEqual([]);
  });

  test('by an empty snapshot', async () => {
    await loaded(someRows(1, 10));

    await begin({ maxDeletedShare: 0.99 });
    await page([]);

    expect(await sweep()).toMatchObject({ runStatus: 'partial', deleted: 0 });
  });

  test('when records were rejected: their keys are not known', async () => {
    await loaded(someRows(1, 10));

    await begin({});
    await page(someRows(1, 8).slice(0, 7), { seq: 0, last: false });
    const askedAt = tick();
    await fixture.pool.query(
      `select tidemark.record_page($1, 0, 1, 1, $2, 1, 'last', true, '[]', null, null, $3)`,
      [fixture.runId, digestOf(1), askedAt],
    );
    const reject = { position: 0, code: 'RECORD_INVALID', reason: 'bad', payload: '{}' };
    await fixture.load({ seq: 1, rows: [], rejects: [reject], askedAt });

    expect(await sweep()).toMatchObject({ runStatus: 'partial', deleted: 0 });
    expect((await run())?.['error_message']).toMatch(/SNAPSHOT_INCOMPLETE: 1 records/);
  });

  test('when a chunk failed: the run ends at once and forgets what it saw', async () => {
    await loaded(someRows(1, 10));

    await begin({}, 2);
    await page(someRows(1, 9));
    await fixture.fail({ chunkId: 1 }, 'no');

    expect(await run()).toMatchObject({ status: 'partial', records_deleted: 0 });
    expect(await sweep()).toMatchObject({ runStatus: 'partial', deleted: 0 });
    expect(await ids('_deleted_at is not null')).toEqual([]);
    expect(await remembered()).toBe(0);
  });

  test('when the run is cancelled before it is swept', async () => {
    await loaded(someRows(1, 10));
    await begin({});
    await page(someRows(1, 9));

    await fixture.pool.query(`select tidemark.cancel_run($1, 'enough')`, [fixture.runId]);

    expect(await sweep()).toEqual({ runStatus: 'cancelled', deleted: 0 });
    expect(await ids('_deleted_at is not null')).toEqual([]);
  });

  test('of other collectors, of rows that nobody of ours wrote, and of other partitions', async () => {
    await loaded([...someRows(1, 4), { id: 5, note: 'elsewhere' }]);
    await fixture.pool.query(`insert into public.orders (id, note) values (6, 'n6')`);
    await fixture.pool.query(`update public.orders set _run_id = gen_random_uuid() where id = 4`);

    await begin({
      scope: [{ note: 'n1' }, { note: 'n2' }, { note: 'n3' }, { note: 'n4' }, { note: 'n6' }],
    });
    await page(someRows(1, 2));

    expect(await sweep()).toEqual({ runStatus: 'success', deleted: 1 });
    expect(await ids('_deleted_at is not null')).toEqual([3]);
  });
});

describe('what a batch saw', () => {
  test('is kept once, however often it comes, and not when it is rolled back', async () => {
    await loaded(someRows(1, 10));
    await begin({});
    const askedAt = tick();

    await fixture.load({ rows: someRows(1, 5), askedAt });
    await fixture.load({ rows: someRows(1, 5), askedAt });
    await fixture.load({ rows: someRows(6, 10), seq: 1, attempt: 2, askedAt });

    const [seen] = await fixture.rows<{ batches: number; keys: number }>(
      'select count(*)::int as batches, sum(cardinality(keys))::int as keys from tidemark.seen',
    );
    expect(seen).toEqual({ batches: 1, keys: 5 });
  });

  test('counts in every content of a page that was really read', async () => {
    await loaded(someRows(1, 6));
    await begin({});
    await fixture.load({ rows: someRows(5, 6), digest: 'f'.repeat(16), askedAt: tick() });
    await page(someRows(1, 4));

    expect(await sweep()).toEqual({ runStatus: 'success', deleted: 0 });
  });

  test('is not kept for runs that delete nothing', async () => {
    await loaded(someRows(1, 10));

    expect(await remembered()).toBe(0);
  });
});

test('of two who sweep at the same time one does it', async () => {
  await loaded(someRows(1, 10));
  await begin({});
  await page(someRows(1, 8));

  const results = await Promise.all([sweep(), sweep(), sweep()]);

  expect(results.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(2);
  expect(await run()).toMatchObject({ status: 'success', records_deleted: 2 });
});

test('the plan of a collector that deletes nothing keeps no keys', () => {
  expect(planTarget(orders).rememberSql).toBeUndefined();
  const ignoring = Definition.parse({
    ...orders,
    incremental: { kind: 'snapshot', deletions: 'ignore' },
  });
  expect(planTarget(ignoring).rememberSql).toBeUndefined();
});
