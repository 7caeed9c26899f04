import { Definition, type Contract } from '@tidemark/collector-sdk';
import type { AddedColumn } from '@tidemark/contracts';
import { waitFor } from '@tidemark/testkit';
import { afterEach, expect, it } from 'vitest';
import { loadBatch, type LoadResult } from '../src/load-batch.ts';
import type { planTarget } from '../src/upsert/target-plan.ts';
import { countsOf, digestOf, LoadFixture, orders } from './load-fixture.ts';

// Counts are written inserted/updated/unchanged/stale/rejected.

let fixture: LoadFixture;

afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
});

async function open(contract: Contract): Promise<void> {
  fixture = await LoadFixture.open(
    Definition.parse({ ...orders, target: { ...orders.target, contract } }),
  );
}

const growing: Contract = { columns: 'evolve', types: 'evolve' };
const field = (name: string, type: AddedColumn['type']): AddedColumn => ({
  kind: 'field',
  name,
  type,
});

interface Input {
  readonly seq?: number;
  readonly columns?: readonly AddedColumn[];
  /** Id and cells of the added columns; null for none. */
  readonly rows: readonly (readonly [id: number, ...cells: (string | null)[]])[];
  readonly rejects?: readonly number[];
  readonly plan?: ReturnType<typeof planTarget>;
}

async function load({ seq = 0, columns, rows, rejects = [], plan }: Input): Promise<LoadResult> {
  const lines = rows.map(([id, ...cells]) =>
    [id, seq + 1, `n${id}`, ...cells.map((cell) => cell ?? '\\N')].join('\t'),
  );
  return loadBatch(fixture.store, fixture.staging, {
    collector: 'orders',
    batch: fixture.headers({ seq, digest: digestOf(seq) }),
    traceId: undefined,
    content: {
      kind: 'records',
      plan: plan ?? fixture.plan,
      text: Buffer.from(lines.map((line) => `${line}\n`).join('')),
      rejects: rejects.map((position) => ({
        position,
        code: 'RECORD_INVALID',
        reason: 'no',
        payload: '{}',
      })),
      ...(columns && { columns }),
    },
  });
}

const columnsOfTarget = async (): Promise<string[]> =>
  (
    await fixture.rows<{ name: string }>(
      `select attname || ' ' || format_type(atttypid, null) as name from pg_attribute
        where attrelid = 'orders'::regclass and attnum > 8 and not attisdropped order by attnum`,
    )
  ).map(({ name }) => name);

it('adds a column for a new field, fills it, and sets it to NULL again when the field vanished', async () => {
  await open(growing);
  const columns = [field('Size X', 'bigint'), field('at', 'timestamptz')];
  const rows = [
    [1, '5', null],
    [2, null, '2024-01-01T00:00:00Z'],
  ] as const;

  expect(countsOf(await load({ columns, rows }))).toBe('2/0/0/0/0');
  expect(
    countsOf(await load({ seq: 1, columns: [columns[0] ?? field('', 'text')], rows: [[1, '6']] })),
  ).toBe('0/1/0/0/0');
  expect(await columnsOfTarget()).toEqual(['size_x bigint', 'at timestamp with time zone']);
  // Neither field is in the records any more.
  expect(countsOf(await load({ seq: 2, rows: [[1], [2]] }))).toBe('0/2/0/0/0');
  expect(await fixture.rows('select id, size_x, at from orders order by id')).toEqual([
    { id: '1', size_x: null, at: null },
    { id: '2', size_x: null, at: null },
  ]);
  expect(
    await fixture.rows(
      'select field, column_name, type, run_id from tidemark.target_columns order by 1',
    ),
  ).toEqual([
    { field: 'Size X', column_name: 'size_x', type: 'bigint', run_id: fixture.runId },
    { field: 'at', column_name: 'at', type: 'timestamptz', run_id: fixture.runId },
  ]);
});

it('copies straight into an empty target that it has just let grow', async () => {
  await open(growing);
  await fixture.startRun(1, true);

  expect(
    countsOf(
      await load({
        columns: [field('x', 'text')],
        rows: [
          [1, 'a'],
          [2, null],
        ],
      }),
    ),
  ).toBe('2/0/0/0/0');
  expect(await fixture.rows('select x from orders order by id')).toEqual([{ x: 'a' }, { x: null }]);
});

it('adds one column when a hundred batches bring it at once', { timeout: 60_000 }, async () => {
  await open(growing);
  const batches = Array.from({ length: 100 }, (_, seq) => seq);

  const results = await Promise.all(
    batches.map((seq) => load({ seq, columns: [field('new', 'bigint')], rows: [[seq, `${seq}`]] })),
  );

  expect(results.map(countsOf)).toEqual(batches.map(() => '1/0/0/0/0'));
  expect(await columnsOfTarget()).toEqual(['new bigint']);
  expect(await fixture.rows('select count(*)::int from orders where new = id')).toEqual([
    { count: 100 },
  ]);
});

it.each([
  [
    'evolve',
    '3/0/0/0/0',
    [
      { x: '1', x__text: null },
      { x: null, x__text: 'one' },
      { x: null, x__text: null },
    ],
  ],
  ['freeze', '2/0/0/0/2', [{ x: '1' }, { x: null }]],
  ['discard', '3/0/0/0/0', [{ x: '1' }, { x: null }, { x: null }]],
] as const)(
  'a field whose type flips does as the contract says: %s',
  async (types, counts, rows) => {
    await open({ columns: 'evolve', types });
    await load({ columns: [field('x', 'bigint')], rows: [[9, '1']] });
    await fixture.pool.query('delete from orders');

    const result = await load({
      seq: 1,
      columns: [field('x', 'bigint'), field('x', 'text')],
      rows: [
        [1, '1', null],
        [2, null, 'one'],
        [3, null, 'NaN'],
      ],
      rejects: types === 'freeze' ? [0] : [],
    });

    expect(countsOf(result)).toBe(counts);
    const names = Object.keys(rows[0] ?? {}).join(', ');
    expect(await fixture.rows(`select ${names} from orders order by id`)).toEqual(rows);
    const letters = await fixture.rows(
      `select position, payload from tidemark.dead_letters where reason <> 'no'`,
    );
    // The place in the part: the reject before it counts.
    expect(letters).toEqual(
      types === 'freeze'
        ? [{ position: 2, payload: '{"id":"2","version":"2","note":"n2","x":"one"}' }]
        : [],
    );
    expect(
      await fixture.rows('select sum(values_discarded)::int as left from tidemark.batches'),
    ).toEqual([{ left: types === 'discard' ? 1 : 0 }]);
    const [run] = await fixture.rows<{ warnings: string[] }>(
      'select warnings from tidemark.collector_runs',
    );
    expect(run?.warnings).toHaveLength(types === 'discard' ? 1 : 0);
  },
);

it('keeps a declared column and its variant apart', async () => {
  await open(growing);
  const columns: AddedColumn[] = [{ kind: 'variant', name: 'note', type: 'jsonb' }];

  expect(
    countsOf(
      await load({
        columns,
        rows: [
          [1, '{"a": 1}'],
          [2, null],
        ],
      }),
    ),
  ).toBe('2/0/0/0/0');
  expect(await fixture.rows('select note__jsonb from orders order by id')).toEqual([
    { note__jsonb: { a: 1 } },
    { note__jsonb: null },
  ]);
});

it('never takes the name of a column that is there, nor anything for SQL that is a name', async () => {
  await open(growing);
  await fixture.pool.query(`alter table orders add column mine text default 'kept'`);
  const names = [
    'Note',
    'mine',
    '_run_id',
    'x"; drop table orders; --',
    'a\tb',
    'ID',
    'Id',
    'select',
  ];
  const columns = names.map((name) => field(name, 'text'));

  expect(
    countsOf(await load({ columns, rows: [[1, ...names.map((_, place) => `${place}`)]] })),
  ).toBe('1/0/0/0/0');
  const [row] = await fixture.rows('select * from orders');
  expect(row).toMatchObject({
    id: '1',
    note: 'n1',
    note_2: '0',
    mine: 'kept',
    mine_2: '1',
    run_id: '2',
    x_drop_table_orders: '3',
    a_b: '4',
    id_2: '5',
    id_3: '6',
    select: '7',
    _run_id: fixture.runId,
  });
});

it(
  'waits for a table that is locked, and keeps nobody waiting for long',
  { timeout: 30_000 },
  async () => {
    await open(growing);
    const other = await fixture.database.pool().connect();
    await other.query('begin');
    await other.query('select from orders');
    const batch = { columns: [field('x', 'text')], rows: [[1, 'a']] as const };

    await expect(load(batch)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      name: 'TransientError',
    });
    expect(await fixture.rows('select count(*)::int from tidemark.batches')).toEqual([
      { count: 0 },
    ]);
    expect(await columnsOfTarget()).toEqual([]);

    await other.query('commit');
    other.release();
    expect(countsOf(await load(batch))).toBe('1/0/0/0/0');
    expect(countsOf(await load(batch))).toBe('seen');
  },
);

it('sets a column to NULL that came while the batch was on its way', async () => {
  await open(growing);
  await load({ rows: [[1]] });
  const other = await fixture.database.pool().connect();
  await other.query('begin');
  // A neighbour lets the target grow; a batch that knows nothing of it has to wait, and then sees the column.
  await other.query(
    `select tidemark.add_target_column('"public"."orders"', 'x', 'text', 'x', null, null)`,
  );
  await other.query(`update orders set x = 'stale' where id = 1`);
  const loading = load({ seq: 1, rows: [[1]] });
  await waitFor(
    async () =>
      (
        await fixture.rows(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        )
      ).length > 0,
    { what: 'the loader to wait for the table' },
  );
  await other.query('commit');
  other.release();

  expect(countsOf(await loading)).toBe('0/1/0/0/0');
  expect(await fixture.rows('select x from orders')).toEqual([{ x: null }]);
});

it('adds a column that somebody dropped again, under its name', async () => {
  await open(growing);
  const columns = [field('x', 'bigint')];
  await load({ columns, rows: [[1, '1']] });
  await fixture.pool.query('alter table orders drop column x');

  expect(countsOf(await load({ seq: 1, rows: [[1]] }))).toBe('0/1/0/0/0');
  expect(countsOf(await load({ seq: 2, columns, rows: [[1, '2']] }))).toBe('0/1/0/0/0');
  expect(await fixture.rows('select x from orders')).toEqual([{ x: '2' }]);
});

it('waits while an added column is not of the type that was added', async () => {
  await open(growing);
  const columns = [field('x', 'bigint')];
  await load({ columns, rows: [[1, '1']] });
  await fixture.pool.query('alter table orders alter column x type text');

  await expect(load({ seq: 1, columns, rows: [[1, '2']] })).rejects.toMatchObject({
    code: 'TARGET_SCHEMA_MISMATCH',
    name: 'ColumnsMissingError',
  });
});

it('lets no one add columns to a table that is no target', async () => {
  await open(growing);
  const add = (table: string) =>
    fixture.pool.query(`select tidemark.add_target_column($1, 'x', 'text', 'x', null, null)`, [
      table,
    ]);

  await expect(add('tidemark.runs_secret')).rejects.toThrow(/does not exist/);
  await expect(add('tidemark.commands')).rejects.toThrow(/is not a target/);
});

it('lets a rehearsal add nothing: it loads the declared columns into its own table', async () => {
  await open(growing);
  await fixture.pool.query(`
    create table public.scratch (like public.orders including defaults);
    alter table public.scratch add primary key (id);
    update tidemark.chunks set scratch = 'public.scratch'`);

  const columns = [field('x', 'text')];
  expect(
    countsOf(
      await load({
        columns,
        rows: [
          [1, 'a'],
          [2, null],
        ],
      }),
    ),
  ).toBe('2/0/0/0/0');
  expect(await columnsOfTarget()).toEqual([]);
  expect(await fixture.rows('select id, note from public.scratch order by id')).toEqual([
    { id: '1', note: 'n1' },
    { id: '2', note: 'n2' },
  ]);
  expect(await fixture.rows('select from orders')).toEqual([]);
});
