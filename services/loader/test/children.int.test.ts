import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countsOfAll, loadNested, type NestedOrder, openNested } from './children-fixture.ts';
import type { LoadFixture } from './load-fixture.ts';

// Counts are written inserted/updated/unchanged/stale/rejected of records, then inserted/updated/deleted of children.

let fixture: LoadFixture;

beforeAll(async () => {
  fixture = await openNested();
});

beforeEach(async () => {
  await emptyRun();
});

afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

const load = async (seq: number, orders: readonly NestedOrder[], askedAt?: string) =>
  countsOfAll(await loadNested(fixture, { seq, orders, ...(askedAt && { askedAt }) }));

const linesOf = async (table = 'order_lines'): Promise<string[]> => {
  const columns =
    table === 'order_lines' ? `order_id, sku, quantity` : `order_id, place, tag, note`;
  const rows = await fixture.rows<{ line: string }>(
    `select concat_ws(' ', ${columns}) as line from ${table} order by 1`,
  );
  return rows.map(({ line }) => line);
};

/** What tells a row that was written from one that was not. */
const marks = async (table: string) =>
  fixture.rows(`select ctid::text, xmin::text, _batch_id from ${table} order by ctid`);

const two: NestedOrder = {
  id: 1,
  lines: [
    { sku: 'a', quantity: 1 },
    { sku: 'b', quantity: 2 },
  ],
  tags: ['x', 'y'],
};

/** A run, and nothing of those before it. */
async function emptyRun(straight = false): Promise<void> {
  await fixture.pool.query(
    `truncate orders, order_lines, order_tags, tidemark.batches, tidemark.dead_letters, tidemark.chunks,
              tidemark.collector_runs`,
  );
  await fixture.startRun(1, straight);
}

describe('the children of a record', () => {
  it.each([
    ['by merging', false],
    ['copied straight into empty tables', true],
  ])('are loaded with it, with its lineage: %s', async (_, straight) => {
    await emptyRun(straight);

    expect(await load(0, [two, { id: 2, lines: [] }, { id: 3 }])).toBe('3/0/0/0/0 4/0/0');

    expect(await linesOf()).toEqual(['1 a 1', '1 b 2']);
    expect(await linesOf('order_tags')).toEqual(['1 0 x a', '1 1 y a']);
    expect(
      await fixture.rows(
        `select distinct l._run_id = o._run_id and l._batch_id = o._batch_id and l._asked_at = o._asked_at as same
           from order_lines l join orders o on o.id = l.order_id`,
      ),
    ).toEqual([{ same: true }]);
    expect(
      await fixture.rows(
        `select c.children_inserted::int as chunk, b.children_inserted as batch
           from tidemark.chunks c join tidemark.batches b using (run_id)`,
      ),
    ).toEqual([{ chunk: 4, batch: 4 }]);
  });

  it('that came, changed and went are written, deleted, and no others', async () => {
    await load(0, [{ ...two, lines: [...(two.lines ?? []), { sku: 'c' }, { sku: 'd' }] }]);
    const before = await marks('order_lines');

    const changed = [{ sku: 'e' }, { sku: 'b', quantity: 20 }, { sku: 'a', quantity: 1 }];

    // The record's own row says the same: only its children changed.
    expect(await load(1, [{ ...two, lines: changed }])).toBe('0/1/0/0/0 1/1/2');
    expect(await linesOf()).toEqual(['1 a 1', '1 b 20', '1 e']);
    expect((await marks('order_lines')).filter((mark) => before.some(sameAs(mark)))).toHaveLength(
      1,
    );
  });

  it('cost nothing when they are the same, in whatever order they come', async () => {
    await load(0, [two, { id: 2 }]);
    const before = [await marks('orders'), await marks('order_lines'), await marks('order_tags')];

    expect(
      await load(1, [
        { ...two, lines: two.lines?.toReversed() ?? [] },
        { id: 2, lines: [] },
      ]),
    ).toBe('0/0/2/0/0 0/0/0');
    expect([await marks('orders'), await marks('order_lines'), await marks('order_tags')]).toEqual(
      before,
    );
  });

  it('are removed when the list is empty, null or gone, unless the definition says that it is not whole', async () => {
    await load(0, [two]);

    expect(await load(1, [{ id: 1, note: 'b' }])).toBe('0/1/0/0/0 0/0/2');
    expect(await linesOf()).toEqual([]);
    expect(await linesOf('order_tags')).toEqual(['1 0 x a', '1 1 y a']);
  });

  it('of other records are left alone', async () => {
    const three = [two, { ...two, id: 2 }, { ...two, id: 3 }];
    await load(0, three);

    expect(await load(1, [{ id: 2, lines: [{ sku: 'z', quantity: 9 }], tags: ['x', 'y'] }])).toBe(
      '0/1/0/0/0 1/0/2',
    );
    expect(await linesOf()).toEqual(['1 a 1', '1 b 2', '2 z 9', '3 a 1', '3 b 2']);
  });

  it('may be five thousand', async () => {
    const many = Array.from({ length: 5_000 }, (_, place) => ({ sku: `s${place}`, quantity: 1 }));
    expect(await load(0, [{ id: 1, lines: many }])).toBe('1/0/0/0/0 5000/0/0');

    const changed = many
      .slice(1)
      .map((line, place) => (place < 10 ? { ...line, quantity: 2 } : line));
    expect(await load(1, [{ id: 1, lines: changed }])).toBe('0/1/0/0/0 0/10/1');
    expect(await fixture.rows(`select count(*)::int, sum(quantity)::int from order_lines`)).toEqual(
      [{ count: 4_999, sum: 5_009 }],
    );
  });
});

describe('the later content of a record', () => {
  it.each([
    ['an older version, asked for later', { version: 4 }, '1800000000000000'],
    ['the same version, asked for earlier', { version: 5 }, '1600000000000000'],
  ])('keeps its children against %s', async (_, version, askedAt) => {
    await load(0, [{ ...two, version: 5 }]);

    expect(await load(1, [{ id: 1, ...version, lines: [{ sku: 'old' }] }], askedAt)).toBe(
      '0/0/0/1/0 0/0/0',
    );
    expect(await linesOf()).toEqual(['1 a 1', '1 b 2']);
  });

  it('brings its children although they were asked for earlier', async () => {
    await load(0, [two]);

    expect(
      await load(
        1,
        [{ id: 1, version: 2, lines: [{ sku: 'b', quantity: 3 }] }],
        '1600000000000000',
      ),
    ).toBe('0/1/0/0/0 0/1/1');
    expect(await linesOf()).toEqual(['1 b 3']);
  });

  it('has the only children that count where a record stands twice in a batch', async () => {
    const result = await load(0, [
      { id: 1, version: 3, lines: [{ sku: 'new' }] },
      { id: 1, version: 2, lines: [{ sku: 'old' }, { sku: 'new', quantity: 7 }] },
    ]);

    expect(result).toBe('1/0/0/1/0 1/0/0');
    expect(await linesOf()).toEqual(['1 new']);
  });

  it('wins with its children when twenty are loaded at once', async () => {
    const versions = Array.from({ length: 20 }, (_, place) => place + 1);
    const linesFor = (version: number) =>
      Array.from({ length: (version * 7) % 5 }, (_, place) => ({
        sku: `s${(place + version) % 6}`,
        quantity: version,
      }));

    await Promise.all(
      versions.map((version) =>
        load(
          version,
          [1, 2].map((id) => ({ id, version, lines: linesFor(version) })),
        ),
      ),
    );

    const expected = [1, 2].flatMap((id) =>
      linesFor(20).map(({ sku, quantity }) => `${id} ${sku} ${quantity}`),
    );
    expect(await linesOf()).toEqual(expected.toSorted());
    const digests = await fixture.rows(
      'select distinct version, _children is null as none from orders',
    );
    expect(digests).toEqual([{ version: '20', none: expected.length === 0 }]);
  });
});

describe('a batch with children', () => {
  it('is loaded once when it is delivered five times, also at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => load(0, [two])));

    expect(results.toSorted()).toEqual(['1/0/0/0/0 4/0/0', 'seen', 'seen', 'seen', 'seen']);
    expect(
      await fixture.rows(
        'select records_processed::int, children_inserted::int from tidemark.chunks',
      ),
    ).toEqual([{ records_processed: 1, children_inserted: 4 }]);
  });

  it('that is killed between its records and their children leaves nothing, and is loaded when it comes again', async () => {
    await load(0, [two]);
    const blocker = await fixture.pool.connect();
    await blocker.query('begin; lock table order_lines in share mode');
    const changed = [{ ...two, lines: [{ sku: 'b', quantity: 5 }] }];

    const killed = load(1, changed).catch((error: unknown) => error);
    const victim = await waitFor(
      async () => {
        const { rows } = await blocker.query<{ pid: number }>(
          `select pid from pg_locks where not granted and relation = 'order_lines'::regclass`,
        );
        return rows[0];
      },
      { what: 'the loader to reach the children' },
    );
    await blocker.query('select pg_terminate_backend($1)', [victim.pid]);

    expect(await killed).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await blocker.query('rollback');
    blocker.release();
    expect(await linesOf()).toEqual(['1 a 1', '1 b 2']);
    expect(await fixture.rows('select _batch_id from orders')).toEqual(
      await fixture.rows('select id as _batch_id from tidemark.batches'),
    );
    expect(await load(1, changed)).toBe('0/1/0/0/0 0/1/1');
    expect(await linesOf()).toEqual(['1 b 5']);
  });

  it.each([
    ['merged', false],
    ['copied straight', true],
  ])(
    'loses the record of which PostgreSQL refuses a child, and no other one: %s',
    async (_, straight) => {
      await emptyRun(straight);
      const orders = Array.from({ length: 9 }, (_unused, id): NestedOrder => ({
        ...two,
        id,
        tags: [],
      }));
      const bad = {
        ...two,
        id: 4,
        lines: [
          { sku: 'ok', quantity: 1 },
          { sku: 'no', quantity: 666 },
        ],
      };

      expect(await load(0, orders.with(4, bad))).toBe('8/0/0/0/1 16/0/0');
      expect(
        await fixture.rows('select array_agg(id order by id)::text as ids from orders'),
      ).toEqual([{ ids: '{0,1,2,3,5,6,7,8}' }]);
      expect(await linesOf()).toEqual(
        [0, 1, 2, 3, 5, 6, 7, 8].flatMap((id) => [`${id} a 1`, `${id} b 2`]),
      );
      const [letter] = await fixture.rows<{ position: number; code: string; payload: string }>(
        'select position, code, payload from tidemark.dead_letters',
      );
      expect(letter).toMatchObject({ position: 4, code: 'RECORD_REFUSED' });
      expect(JSON.parse(letter?.payload ?? '')).toMatchObject({
        id: '4',
        order_lines: [
          { sku: 'ok', quantity: '1' },
          { sku: 'no', quantity: '666' },
        ],
      });
    },
  );

  it('keeps the children of the later content where the search for a bad row parts the two of a record', async () => {
    const orders: NestedOrder[] = [
      { ...two, version: 3 },
      { id: 2, lines: [{ sku: 'bad', quantity: 666 }] },
      { id: 1, version: 2, lines: [{ sku: 'old' }] },
      { id: 3, lines: [{ sku: 'n' }] },
    ];

    expect(await load(0, orders)).toBe('2/0/0/1/1 5/0/0');
    expect(await linesOf()).toEqual(['1 a 1', '1 b 2', '3 n']);
  });

  it('falls back to merging when rows turn out to be there', async () => {
    await load(0, [two]);
    await fixture.startRun(1, true);

    expect(
      await load(0, [
        { id: 2, lines: [{ sku: 'n' }] },
        { ...two, lines: [{ sku: 'b', quantity: 2 }] },
      ]),
    ).toBe('1/1/0/0/0 1/0/1');
    expect(await linesOf()).toEqual(['1 b 2', '2 n']);
    expect(
      await fixture.rows('select straight from tidemark.chunks where run_id = $1', [fixture.runId]),
    ).toEqual([{ straight: false }]);
  });

  it('of a rehearsal tells what would become of the records, and leaves the children alone', async () => {
    await load(0, [two, { ...two, id: 2 }]);
    await fixture.startRun();
    await fixture.pool.query('create table scratch (like orders including all)');
    await fixture.pool.query(`update tidemark.chunks set scratch = 'scratch' where run_id = $1`, [
      fixture.runId,
    ]);
    const before = await linesOf();

    expect(
      await load(0, [two, { ...two, id: 2, lines: [] }, { id: 3, lines: [{ sku: 'n' }] }]),
    ).toBe('1/1/1/0/0 0/0/0');
    expect(await linesOf()).toEqual(before);
    await fixture.pool.query('drop table scratch');
  });
});

function sameAs(mark: object): (other: object) => boolean {
  const text = JSON.stringify(mark);
  return (other) => JSON.stringify(other) === text;
}
