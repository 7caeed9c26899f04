import { compileMapping, Definition, type DefinitionInput } from '@tidemark/collector-sdk';
import { loadBatch, type LoadResult } from '../src/load-batch.ts';
import { type BatchInput, digestOf, LoadFixture, orders } from './load-fixture.ts';

export interface OrderLine {
  readonly sku: string;
  readonly quantity?: number | string;
}

/** An order as its source has it. */
export interface NestedOrder {
  readonly id: number;
  readonly version?: number;
  readonly note?: string;
  readonly lines?: readonly OrderLine[];
  readonly tags?: readonly string[];
}

export interface NestedBatch extends Omit<BatchInput, 'rows'> {
  readonly orders: readonly NestedOrder[];
}

type Target = Extract<DefinitionInput['target'], { kind: 'table' }>;

const children: NonNullable<Target['children']> = [
  {
    at: 'lines',
    table: 'order_lines',
    parent: { order_id: 'id' },
    // The record's part comes first in the index, wherever it stands here.
    key: ['sku', 'order_id'],
    fields: { sku: { type: 'text' }, quantity: { type: 'numeric' } },
  },
  {
    at: 'tags',
    table: 'order_tags',
    parent: { order_id: 'id', note: 'note' },
    position: 'place',
    key: ['order_id', 'place'],
    fields: { tag: { path: '$', type: 'text', required: true } },
    deletions: 'ignore',
  },
];

export const nestedOrders = Definition.parse({
  ...orders,
  target: { ...orders.target, children },
});

const audit = `
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  _run_id uuid, _batch_id bigint, _asked_at timestamptz`;

/** A database with the tables of nested orders; batches are mapped as the transformer maps them. */
export async function openNested(definition = nestedOrders): Promise<LoadFixture> {
  const fixture = await LoadFixture.open(definition);
  await fixture.pool.query(`
    create table public.order_lines (order_id bigint, sku text, quantity numeric check (quantity <> 666), ${audit},
                              primary key (order_id, sku));
    create table public.order_tags (order_id bigint, note text, place bigint, tag text, ${audit},
                             primary key (order_id, place))`);
  return fixture;
}

/** Maps orders and loads them as one batch. */
export async function loadNested(fixture: LoadFixture, input: NestedBatch): Promise<LoadResult> {
  const { orders: records, ...rest } = input;
  const mapped = await compileMapping(
    nestedOrders,
    {},
  )(records.map((order) => ({ version: 1, note: 'a', ...order })));
  return loadBatch(fixture.store, fixture.staging, {
    collector: 'orders',
    batch: { ...fixture.headers(rest), digest: rest.digest ?? digestOf(rest.seq ?? 0) },
    traceId: undefined,
    content: {
      kind: 'records',
      plan: fixture.plan,
      text: Buffer.from(mapped.copyText),
      children: (mapped.children ?? []).map((text) => Buffer.from(text)),
      rejects: mapped.rejects,
    },
  });
}

/** Counts of records, then of rows of children: inserted/updated/deleted. */
export function countsOfAll(result: LoadResult): string {
  if (result.verdict !== 'loaded') return result.verdict;
  const { counts: c, children } = result;
  return [
    [c.inserted, c.updated, c.unchanged, c.stale, c.rejected].join('/'),
    [children.inserted, children.updated, children.deleted].join('/'),
  ].join(' ');
}
