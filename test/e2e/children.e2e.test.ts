import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PagedSource, startPagedSource } from './stack/paged-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const PAGES = 30;
const PER_PAGE = 20;

type Line = { readonly sku: string; readonly quantity: number | string };
type Order = {
  readonly id: number;
  readonly name: string;
  readonly lines?: readonly Line[];
  readonly tags?: readonly string[];
};

let source: PagedSource;
let stack: TestStack;
/** What the source has now, by id. */
const content = new Map<number, Order>();

beforeAll(async () => {
  for (let id = 1; id <= PAGES * PER_PAGE; id += 1) {
    const lines = Array.from({ length: id % 5 }, (_, at) => ({ sku: `s${at}`, quantity: id + at }));
    content.set(id, { id, name: `order ${id}`, lines, tags: id % 3 === 0 ? ['a', 'b'] : [] });
  }
  source = await startPagedSource(PAGES);
  source.make = (page) =>
    [...content.values()].slice((page - 1) * PER_PAGE, page < PAGES ? page * PER_PAGE : undefined);
  stack = await startTestStack({
    definitions: {
      'nested.yaml': `
name: nested
source: { name: nested, baseUrl: '${source.url}', retryDelay: 50ms }
request: { path: /nested, records: data }
paginate: { kind: page, size: { param: per_page, value: ${PER_PAGE} }, totalPages: pages, width: 4 }
incremental: { kind: full }
target:
  kind: table
  table: nested
  key: [id]
  fields:
    id: { type: bigint }
    name: { type: text }
  children:
    - at: lines
      table: nested_lines
      parent: { order_id: id }
      key: [order_id, sku]
      fields:
        sku: { type: text }
        quantity: { type: numeric }
    - at: tags
      schema: nested_more
      table: tags
      parent: { order_id: id, order_name: name }
      position: place
      key: [order_id, place]
      fields:
        tag: { path: $, type: text }
`,
    },
    services: [...oneOfEach, { id: 'loader-2', service: 'loader' }],
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
});

/** The oracle: all three tables hold exactly what the source holds now, but for the records that it would not give whole. */
async function expectSame(without: readonly number[] = []): Promise<void> {
  const orders = [...content.values()].filter(({ id }) => !without.includes(id));
  const wanted = {
    nested: orders.map(({ id, name }) => `${id} ${name}`),
    nested_lines: orders.flatMap(({ id, lines = [] }) =>
      lines.map(({ sku, quantity }) => `${id} ${sku} ${quantity}`),
    ),
    'nested_more.tags': orders.flatMap(({ id, name, tags = [] }) =>
      tags.map((tag, place) => `${id} ${name} ${place} ${tag}`),
    ),
  };
  const columns = ['id, name', 'order_id, sku, quantity', 'order_id, order_name, place, tag'];
  for (const [place, [table, expected]] of Object.entries(wanted).entries()) {
    const id = table === 'nested' ? 'id' : 'order_id';
    const { rows } = await stack.pool.query<{ line: string }>(
      `select concat_ws(' ', ${columns[place]}) as line from ${table} where ${id} <> all($1)`,
      [without],
    );
    expect(rows.map(({ line }) => line).toSorted(), table).toEqual(expected.toSorted());
  }
}

async function childrenOf(runId: string): Promise<unknown> {
  const { rows } = await stack.pool.query(
    `select children_inserted::int as inserted, children_updated::int as updated, children_deleted::int as deleted
       from tidemark.collector_runs where id = $1`,
    [runId],
  );
  return rows[0];
}

const change = (id: number, changes: Partial<Order>): void => {
  content.set(id, { ...(content.get(id) ?? { id, name: `order ${id}` }), ...changes });
};

const countOf = (list: 'lines' | 'tags'): number =>
  [...content.values()].reduce((sum, order) => sum + (order[list]?.length ?? 0), 0);

test('records and their children are loaded once, also when a loader dies among them', async () => {
  const runId = await stack.startRun('nested');
  await waitFor(
    async () =>
      (await stack.pool.query('select from tidemark.batches where run_id = $1', [runId])).rows
        .length >= 5,
    { what: 'some batches to be loaded' },
  );
  await stack.kill('loader-2');
  const run = await stack.ended(runId);

  expect(run, await stack.describe(runId)).toMatchObject({
    status: 'success',
    records_processed: PAGES * PER_PAGE,
    records_inserted: PAGES * PER_PAGE,
  });
  expect(await childrenOf(runId)).toEqual({
    inserted: countOf('lines') + countOf('tags'),
    updated: 0,
    deleted: 0,
  });
  await expectSame();
});

test('elements that came, changed and went are found while their records say the same', async () => {
  change(4, { lines: [...(content.get(4)?.lines ?? []), { sku: 'new', quantity: '0.10' }] });
  change(9, { lines: content.get(9)?.lines?.with(1, { sku: 's1', quantity: 5 }) ?? [] });
  change(14, { lines: content.get(14)?.lines?.slice(1) ?? [] });
  change(24, { lines: [] });
  // Copied into its children, too.
  change(3, { name: 'another name' });
  change(1_000, { lines: [{ sku: 'x', quantity: 1 }], tags: ['z'] });
  const many = Array.from({ length: 5_000 }, (_, at) => ({ sku: `m${at}`, quantity: at }));
  change(1_001, { lines: many });

  const run = await stack.run('nested');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_inserted: 2,
    records_updated: 5,
    records_unchanged: PAGES * PER_PAGE - 5,
    records_rejected: 0,
  });
  expect(await childrenOf(run.id)).toEqual({
    inserted: 1 + 2 + 5_000,
    updated: 1 + 2,
    deleted: 1 + 4,
  });
  await expectSame();
});

test('a record with an element that cannot be loaded keeps what it had, and is told with its reason', async () => {
  change(19, {
    name: 'with a bad line',
    lines: [
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 'many' },
    ],
  });
  change(29, { lines: [{ sku: 'only', quantity: 3 }] });

  const run = await stack.run('nested');

  expect(run).toMatchObject({ status: 'success', records_updated: 1, records_rejected: 1 });
  await expectSame([19]);
  const { rows } = await stack.pool.query(
    `select l.reason, (select count(*)::int from nested_lines where order_id = 19) as lines
       from tidemark.dead_letters l where run_id = $1`,
    [run.id],
  );
  expect(rows).toEqual([
    { reason: 'lines.1.quantity: a text that is not a value of type numeric', lines: 4 },
  ]);
  change(19, { name: 'order 19', lines: content.get(19)?.lines?.slice(0, 1) ?? [] });
});

test('a rehearsal tells of records whose children would change, and changes none', async () => {
  const before = await stack.pool.query(
    'select count(*)::int as lines, max(updated_at) from nested_lines',
  );

  const rehearsal = await stack.run('nested', { rehearse: true });

  expect(rehearsal, await stack.describe(rehearsal.id)).toMatchObject({ records_updated: 1 });
  expect(await childrenOf(rehearsal.id)).toEqual({ inserted: 0, updated: 0, deleted: 0 });
  const report = await waitFor(
    async () => {
      const { rows } = await stack.pool.query<{ report: unknown }>(
        'select report from tidemark.collector_runs where id = $1 and report is not null',
        [rehearsal.id],
      );
      return rows[0]?.report;
    },
    { what: 'the report of the rehearsal' },
  );
  expect(report).toMatchObject({
    rows_updated: 1,
    samples: [{ kind: 'updated', key: { id: '19' }, changes: { _children: {} } }],
  });
  expect(
    (await stack.pool.query('select count(*)::int as lines, max(updated_at) from nested_lines'))
      .rows,
  ).toEqual(before.rows);

  expect(await stack.run('nested')).toMatchObject({ records_updated: 1, records_rejected: 0 });
  await expectSame();
  const unchanged = await stack.run('nested');
  expect(unchanged).toMatchObject({ records_unchanged: content.size, records_updated: 0 });
  expect(await childrenOf(unchanged.id)).toEqual({ inserted: 0, updated: 0, deleted: 0 });
});
