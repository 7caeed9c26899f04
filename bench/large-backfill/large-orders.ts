import { stringify } from 'yaml';

/** All that is backfilled lies within. */
export const largeWindow = { from: '2020-01-01', to: '2040-01-01' } as const;

/** The collector of a large backfill: pages of that many records, four of them at a time. */
export function largeOrders(name: string, baseUrl: string, pageSize: number): string {
  return stringify({
    name,
    source: { name, baseUrl },
    request: { path: '/records', records: 'data' },
    paginate: {
      kind: 'page',
      size: { param: 'per_page', value: pageSize },
      totalPages: 'pages',
      width: 4,
    },
    limits: { concurrency: 4 },
    incremental: {
      kind: 'cursor',
      field: 'changed_at',
      from: 'updated_after',
      to: 'updated_before',
      start: largeWindow.from,
    },
    target: {
      kind: 'table',
      table: name,
      key: ['id'],
      version: 'changed_at',
      fields: {
        id: { type: 'bigint' },
        customer_id: { type: 'bigint' },
        email: { type: 'text' },
        amount: { type: 'numeric' },
        note: { type: 'text' },
        changed_at: { path: 'updated_at', type: 'timestamptz' },
      },
    },
  });
}
