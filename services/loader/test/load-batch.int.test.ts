import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '@tidemark/testkit';
import { loadBatch } from '../src/load-batch.ts';
import { copyOf, countsOf, digestOf, LoadFixture, orders, type Row } from './load-fixture.ts';

// Counts are written inserted/updated/unchanged/stale/rejected.

let fixture: LoadFixture;

beforeEach(async () => {
  fixture = await LoadFixture.open();
});

afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
});

const numbered = (count: number, note = 'a', from = 0): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, note }));

describe('one batch', () => {
  it('inserts new rows with their lineage, exact to the microsecond', async () => {
    expect(countsOf(await fixture.load({ rows: numbered(3), askedAt: '1700000000123456' }))).toBe(
      '3/0/0/0/0',
    );
    const [row] = await fixture.rows(
      `select o.note, o._run_id, o._asked_at::text, o._batch_id = b.id as of_batch, b.trace_id,
              o.created_at is not null as created
         from orders o cross join tidemark.batches b where o.id = 1`,
    );
    expect(row).toMatchObject({ note: 'a', _run_id: fixture.runId, of_batch: true, created: true });
    expect(row?.['trace_id']).toBe('trace');
    expect(row?.['_asked_at']).toMatch(/:20\.123456/);
  });

  it('updates what is later and different, and keeps the moment of creation', async () => {
    await fixture.load({ rows: numbered(3) });
    const [before] = await fixture.rows(`select created_at from orders where id = 0`);
    const result = await fixture.load({
      seq: 1,
      rows: [
        { id: 0, version: 2, note: 'b' },
        { id: 9, note: 'new' },
      ],
    });
    expect(countsOf(result)).toBe('1/1/0/0/0');
    const [after] = await fixture.rows(
      `select note, version, created_at, updated_at > created_at as touched from orders where id = 0`,
    );
    expect(after).toEqual({
      note: 'b',
      version: '2',
      created_at: before?.['created_at'],
      touched: true,
    });
  });

  it('leaves equal rows alone, also when they were asked for later', async () => {
    await fixture.load({ rows: numbered(5) });
    expect(
      countsOf(await fixture.load({ seq: 1, rows: numbered(5), askedAt: '1800000000000000' })),
    ).toBe('0/0/5/0/0');
    expect(
      await fixture.rows(
        `select count(*)::int from orders where _batch_id = (select min(id) from tidemark.batches)`,
      ),
    ).toEqual([{ count: 5 }]);
  });

  it('does not let an old version, or an older read of the same version, replace a newer one', async () => {
    await fixture.load({
      rows: [
        { id: 1, version: 5, note: 'new' },
        { id: 2, version: 5, note: 'new' },
      ],
    });
    const result = await fixture.load({
      seq: 1,
      askedAt: '1600000000000000',
      rows: [
        { id: 1, version: 4, note: 'old' },
        { id: 2, version: 5, note: 'old' },
      ],
    });
    expect(countsOf(result)).toBe('0/0/0/2/0');
    expect(await fixture.rows(`select distinct note from orders`)).toEqual([{ note: 'new' }]);
  });

  it('takes a higher version although it was asked for earlier', async () => {
    await fixture.load({ rows: [{ id: 1, version: 1, note: 'old' }] });
    const result = await fixture.load({
      seq: 1,
      askedAt: '1600000000000000',
      rows: [{ id: 1, version: 2, note: 'new' }],
    });
    expect(countsOf(result)).toBe('0/1/0/0/0');
  });

  it('treats a missing version as the lowest', async () => {
    await fixture.load({
      rows: [
        { id: 1, version: null, note: 'none' },
        { id: 2, version: 1, note: 'one' },
      ],
    });
    const result = await fixture.load({
      seq: 1,
      rows: [
        { id: 1, version: 1, note: 'one' },
        { id: 2, version: null, note: 'none' },
      ],
    });
    expect(countsOf(result)).toBe('0/1/0/1/0');
  });

  it('lets the last of a key that stands several times win, by version and then by place', async () => {
    const result = await fixture.load({
      rows: [
        { id: 1, version: 1, note: 'first' },
        { id: 1, version: 3, note: 'winner' },
        { id: 1, version: 2, note: 'late but older' },
        { id: 1, version: 3, note: 'winner' },
        { id: 2, version: 1, note: 'x' },
        { id: 2, version: 1, note: 'y' },
      ],
    });
    expect(countsOf(result)).toBe('2/0/1/3/0');
    expect(await fixture.rows(`select id, note from orders order by id`)).toEqual([
      { id: '1', note: 'winner' },
      { id: '2', note: 'y' },
    ]);
  });

  it('is loaded once when it is delivered five times, also at the same time', async () => {
    const batch = { rows: numbered(50) };
    const results = await Promise.all(Array.from({ length: 5 }, () => fixture.load(batch)));
    expect(results.map(countsOf).toSorted()).toEqual([
      '50/0/0/0/0',
      'seen',
      'seen',
      'seen',
      'seen',
    ]);
    expect(
      await fixture.rows(`select records_processed, batches_loaded from tidemark.chunks`),
    ).toEqual([{ records_processed: '50', batches_loaded: 1 }]);
  });

  it('writes next to nothing when everything is unchanged', async () => {
    const wal = async (): Promise<bigint> =>
      BigInt(
        (
          await fixture.rows<{ lsn: string }>(
            `select (pg_current_wal_insert_lsn() - '0/0')::text as lsn`,
          )
        )[0]?.lsn ?? 0,
      );
    const rows = numbered(2_000, 'a note of some length that stands in every row');
    await fixture.load({ rows });
    await fixture.load({ seq: 1, rows });
    const written: number[] = [];
    for (let seq = 2; seq < 12; seq += 1) {
      const before = await wal();
      expect(countsOf(await fixture.load({ seq, rows }))).toBe('0/0/2000/0/0');
      written.push(Number((await wal()) - before));
    }
    // Others may write to the same server meanwhile. 2,000 rows that only were locked would be more than 100 kB each time.
    expect(Math.min(...written), written.join(', ')).toBeLessThan(20_000);
    expect(await fixture.rows(`select count(*)::int from orders where xmax <> 0`)).toEqual([
      { count: 0 },
    ]);
  });

  it('never writes a raw row again whose hash is there', async () => {
    await using raw = await LoadFixture.open({
      ...orders,
      target: {
        kind: 'raw',
        schema: 'public',
        table: 'raw_orders',
        volatile: [],
        referenceDate: undefined,
      },
    });
    const line = (hash: string, payload: string): Buffer =>
      Buffer.from(`${hash}\t2024-01-02\t${payload}\n`);
    const load = async (seq: number, text: Buffer): Promise<string> =>
      countsOf(
        await loadBatch(raw.store, raw.staging, {
          collector: 'orders',
          batch: raw.headers({ seq }),
          traceId: undefined,
          content: { kind: 'records', plan: raw.plan, text, rejects: [] },
        }),
      );
    expect(await load(0, line('a', '{"x": 1, "at": 1}'))).toBe('1/0/0/0/0');
    expect(await load(1, Buffer.concat([line('a', '{"x": 1, "at": 2}'), line('b', '{}')]))).toBe(
      '1/0/1/0/0',
    );
  });
});

describe('two loaders', () => {
  it('count every row exactly once when they load the same keys at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const from = round * 1_000;
      const [one, two] = await Promise.all([
        fixture.load({
          seq: round * 2,
          rows: numbered(500, 'one', from),
          askedAt: '1700000000000001',
        }),
        fixture.load({
          seq: round * 2 + 1,
          rows: numbered(500, 'two', from).toReversed(),
          askedAt: '1700000000000002',
        }),
      ]);
      const counts = [one, two].map(countsOf);
      // Either the later one updates what the earlier one wrote, or the earlier one finds itself overtaken.
      expect([
        ['500/0/0/0/0', '0/500/0/0/0'],
        ['0/0/0/500/0', '500/0/0/0/0'],
      ]).toContainEqual(counts);
    }
    expect(await fixture.rows(`select note, count(*)::int from orders group by note`)).toEqual([
      { note: 'two', count: 5_000 },
    ]);
  });

  it('judge again what another one wrote after they had looked', async () => {
    const other = await fixture.database.pool().connect();
    await other.query('begin');
    await other.query(
      `insert into orders (id, version, note) values (1, 1, 'same'), (2, 9, 'newer'), (3, 1, 'older')`,
    );
    const loading = fixture.load({
      rows: [
        { id: 1, note: 'same' },
        { id: 2, note: 'mine' },
        { id: 3, version: 2, note: 'mine' },
        { id: 4, note: 'mine' },
      ],
    });
    await waitFor(
      async () =>
        (
          await fixture.rows(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).length > 0,
      { what: 'the loader to wait for the other transaction' },
    );
    await other.query('commit');
    other.release();
    expect(countsOf(await loading)).toBe('1/1/1/1/0');
  });
});

describe('the fence', () => {
  it('keeps out batches of another attempt, of a cancelled run and of an unknown run', async () => {
    expect((await fixture.load({ rows: numbered(1), attempt: 2 })).verdict).toBe('stop');
    await fixture.rows(`select tidemark.cancel_run($1, 'test')`, [fixture.runId]);
    expect((await fixture.load({ rows: numbered(1) })).verdict).toBe('stop');
    fixture.runId = '00000000-0000-4000-8000-000000000000';
    expect((await fixture.load({ rows: numbered(1) })).verdict).toBe('stop');
    expect(
      await fixture.rows(
        `select (select count(*) from orders)::int + (select count(*) from tidemark.batches)::int as written`,
      ),
    ).toEqual([{ written: 0 }]);
  });

  it('rolls back what was written when the run ends between the first look and the last step', async () => {
    const other = await fixture.database.pool().connect();
    await other.query('begin');
    await other.query(`select tidemark.cancel_run($1, 'test')`, [fixture.runId]);
    const loading = fixture.load({ rows: numbered(3) });
    await waitFor(
      async () =>
        (
          await fixture.rows(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).length > 0,
      { what: 'the loader to wait for the chunk' },
    );
    await other.query('commit');
    other.release();
    expect((await loading).verdict).toBe('stop');
    expect(await fixture.rows(`select count(*)::int from orders`)).toEqual([{ count: 0 }]);
  });
});

describe('a chunk', () => {
  it('ends with its last part, and the run with its last chunk', async () => {
    await fixture.recordPage({ seq: 0, last: false });
    await fixture.recordPage({ seq: 1, last: true });
    expect(await fixture.load({ seq: 1, rows: numbered(2) })).not.toHaveProperty('ended');
    const last = await fixture.load({ seq: 0, rows: numbered(2, 'b', 10) });
    expect(last).toMatchObject({
      ended: { chunk: { status: 'done' }, runStatus: 'success' },
    });
    expect(
      await fixture.rows(
        `select status, records_processed, records_inserted from tidemark.collector_runs`,
      ),
    ).toEqual([{ status: 'success', records_processed: '4', records_inserted: '4' }]);
  });

  it(
    'is completed exactly once by six batches that are last together',
    { timeout: 60_000 },
    async () => {
      for (let round = 0; round < 20; round += 1) {
        await fixture.startRun(2);
        for (const chunkId of [0, 1]) {
          for (const seq of [0, 1, 2]) await fixture.recordPage({ chunkId, seq, last: seq === 2 });
        }
        const results = await Promise.all(
          [0, 1].flatMap((chunkId) =>
            [0, 1, 2].map((seq) =>
              fixture.load({
                chunkId,
                seq,
                rows: numbered(5, `${round}`, chunkId * 100 + seq * 10),
              }),
            ),
          ),
        );
        const ended = results.flatMap((result) =>
          'ended' in result && result.ended ? [result.ended.runStatus] : [],
        );
        expect(ended.toSorted()).toEqual(['running', 'success']);
        expect(
          await fixture.rows(
            `select status, records_processed, chunks_done from tidemark.collector_runs where id = $1`,
            [fixture.runId],
          ),
        ).toEqual([{ status: 'success', records_processed: '30', chunks_done: 2 }]);
      }
    },
  );

  it('fails with a dead letter when a page failed, and the run closes', async () => {
    const result = await fixture.fail({ seq: 3 }, 'the source \0said no');
    expect(result).toMatchObject({
      ended: { runStatus: 'failed', chunk: { code: 'SOURCE_REJECTED' } },
    });
    expect(
      await fixture.rows(`select kind, seq, position, code, payload from tidemark.dead_letters`),
    ).toEqual([{ kind: 'page', seq: 3, position: null, code: 'SOURCE_REJECTED', payload: 'nope' }]);
    expect(await fixture.rows(`select status, error_message from tidemark.collector_runs`)).toEqual(
      [{ status: 'failed', error_message: 'SOURCE_REJECTED: the source said no' }],
    );
    expect((await fixture.fail({ seq: 3 }, 'again')).verdict).toBe('stop');
  });

  it('fails when more records were rejected than its definition allows', async () => {
    const rejects = Array.from({ length: 30 }, (_, position) => ({
      position,
      code: 'RECORD_INVALID',
      reason: 'no',
      payload: '{}',
    }));
    const result = await fixture.load({ rows: numbered(90), rejects });
    expect(result).toMatchObject({
      ended: { chunk: { code: 'REJECTS_EXCEEDED' }, runStatus: 'failed' },
    });
    expect(
      await fixture.rows(
        `select records_processed, records_inserted, records_rejected from tidemark.collector_runs`,
      ),
    ).toEqual([{ records_processed: '120', records_inserted: '90', records_rejected: '30' }]);
  });
});

describe('a value that PostgreSQL refuses', () => {
  it('costs its own record only', async () => {
    const rows = numbered(1_000).map((row) =>
      row.id === 637 ? { ...row, version: '99999999999999999999' } : row,
    );
    const rejects = [{ position: 0, code: 'RECORD_INVALID', reason: 'no', payload: '{}' }];
    expect(countsOf(await fixture.load({ rows, rejects }))).toBe('999/0/0/0/2');
    const letters = await fixture.rows(
      `select kind, position, code, payload from tidemark.dead_letters order by id`,
    );
    expect(letters).toEqual([
      { kind: 'record', position: 0, code: 'RECORD_INVALID', payload: '{}' },
      // The place in the part: the reject before it counts.
      {
        kind: 'row',
        position: 638,
        code: 'RECORD_REFUSED',
        payload: '{"id":"637","version":"99999999999999999999","note":"a"}',
      },
    ]);
    expect(countsOf(await fixture.load({ seq: 1, rows: numbered(10) }))).toBe('0/0/10/0/0');
  });

  it('is found when it is every record, and when a rule of the table refuses it', async () => {
    await fixture.rows(`alter table orders add constraint short check (length(note) < 5)`);
    const rows = [...numbered(20, 'ok'), ...numbered(20, 'too long', 100)];
    expect(countsOf(await fixture.load({ rows }))).toBe('20/0/0/0/20');
    expect(countsOf(await fixture.load({ seq: 1, rows: numbered(7, 'too long', 200) }))).toBe(
      '0/0/0/0/7',
    );
  });

  it("waits when the fault is not the record's", async () => {
    await fixture.rows(`alter table orders rename column note to remark`);
    await expect(fixture.load({ rows: numbered(3) })).rejects.toMatchObject({
      code: 'TARGET_SCHEMA_MISMATCH',
      name: 'TransientError',
    });
    await fixture.rows(`alter table orders rename column remark to note`);
    expect(countsOf(await fixture.load({ rows: numbered(3) }))).toBe('3/0/0/0/0');
    expect(await fixture.rows(`select count(*)::int from tidemark.dead_letters`)).toEqual([
      { count: 0 },
    ]);
  });
});

describe('the straight path', () => {
  beforeEach(async () => fixture.startRun(1, true));

  const isStraight = async (): Promise<unknown> =>
    (
      await fixture.rows(`select straight from tidemark.chunks where run_id = $1`, [fixture.runId])
    )[0]?.['straight'];

  it('copies into the target itself, with the same lineage', async () => {
    expect(countsOf(await fixture.load({ rows: numbered(5), askedAt: '1700000000123456' }))).toBe(
      '5/0/0/0/0',
    );
    expect(
      await fixture.rows(
        `select distinct _run_id, _asked_at = tidemark.from_micros(1700000000123456) as exact, _batch_id = (select max(id) from tidemark.batches) as of_batch from orders`,
      ),
    ).toEqual([{ _run_id: fixture.runId, exact: true, of_batch: true }]);
    expect(await isStraight()).toBe(true);
  });

  it('is left for good when a row is there already', async () => {
    await fixture.load({ rows: numbered(5) });
    expect(
      countsOf(
        await fixture.load({ seq: 1, rows: numbered(5, 'b', 3), askedAt: '1700000000000009' }),
      ),
    ).toBe('3/2/0/0/0');
    expect(await isStraight()).toBe(false);
    expect(await fixture.rows(`select count(*)::int from orders`)).toEqual([{ count: 8 }]);
  });

  it('is kept when only a value was refused', async () => {
    expect(
      countsOf(await fixture.load({ rows: [{ id: 1 }, { id: 2, version: 'x' }, { id: 3 }] })),
    ).toBe('2/0/0/0/1');
    expect(await isStraight()).toBe(true);
  });
});

it('writes each line as it was meant', () => {
  expect(copyOf([{ id: 1 }]).toString()).toBe('1\t1\t\\N\n');
  expect(digestOf(255)).toBe('00000000000000ff');
});
