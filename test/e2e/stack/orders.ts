import type { RecordsSimulator } from '@tidemark/simulators';
import pg from 'pg';
import { expect } from 'vitest';

export type Order = {
  readonly id: number;
  readonly name: string;
  readonly amount: string;
  readonly updated_at: string;
};

/** Orders with ids from `first`, changed a second apart from the given moment on. */
export function someOrders(
  count: number,
  first = 1,
  from = '2024-01-01T00:00:00.000001Z',
): Order[] {
  const fromMs = Date.parse(from);
  return Array.from({ length: count }, (_, at) => ({
    id: first + at,
    name: `order ${first + at}`,
    amount: `${first + at}.10`,
    updated_at: `${new Date(fromMs + at * 1000).toISOString().slice(0, -1)}001Z`,
  }));
}

export interface OrdersOptions {
  readonly name?: string;
  readonly pageSize?: number;
  /** A chain of pages, each naming the next, or a stride of this width. */
  readonly paging?: 'chain' | { readonly width: number };
  readonly lookback?: string;
  readonly more?: string;
}

/** The definition of a collector of orders, as a user would write it. */
export function ordersYaml(baseUrl: string, options: OrdersOptions = {}): string {
  const { name = 'orders', pageSize = 20, paging = 'chain', lookback = '0s', more = '' } = options;
  const paginate =
    paging === 'chain'
      ? `{ kind: cursor, param: cursor, next: next_cursor }`
      : `{ kind: page, size: { param: per_page, value: ${pageSize} }, totalPages: pages, width: ${paging.width} }`;
  const query = paging === 'chain' ? `query: { limit: '${pageSize}' }` : 'query: {}';
  return `
name: ${name}
source: { name: ${name}, baseUrl: '${baseUrl}', attempts: 3, retryDelay: 100ms }
request:
  path: /records
  records: data
  ${query}
paginate: ${paginate}
incremental:
  kind: cursor
  field: changed_at
  from: updated_after
  start: '2023-01-01'
  lookback: ${lookback}
target:
  kind: table
  table: ${name.replaceAll('-', '_')}
  key: [id]
  version: changed_at
  fields:
    id: { type: bigint }
    name: { type: text }
    amount: { type: numeric }
    changed_at: { path: updated_at, type: timestamptz }
${more}`;
}

/** The oracle: the target holds exactly what the source holds now, row for row. */
export async function expectSame(
  pool: pg.Pool,
  source: RecordsSimulator,
  table = 'orders',
): Promise<void> {
  const expected = source.control
    .content()
    .map((text) => JSON.parse(text) as Order)
    .map((row) => `${row.id} ${row.name} ${row.amount} ${row.updated_at}`)
    .toSorted();
  const { rows } = await pool.query<{ line: string }>(
    `select concat_ws(' ', id, name, amount,
                      to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) as line
       from public.${pg.escapeIdentifier(table)}`,
  );
  expect(rows.map((row) => row.line).toSorted()).toEqual(expected);
}
