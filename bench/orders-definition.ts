import { stringify } from 'yaml';

/** How much is asked for at a time. */
export interface PageSettings {
  readonly size: number;
  /** Pages asked for at the same time. */
  readonly width: number;
}

const usual: PageSettings = { size: 2_000, width: 4 };

/** The collector of the bench, as a user would write it: twelve columns; pages of 2,000, four at a time, unless told else. */
export function ordersDefinition(
  name: string,
  baseUrl: string,
  { size, width }: PageSettings = usual,
): string {
  return stringify({
    name,
    description: 'Generated orders, for the bench.',
    source: { name: 'orders', baseUrl },
    request: { path: '/records', records: 'data' },
    paginate: {
      kind: 'page',
      size: { param: 'per_page', value: size },
      totalPages: 'pages',
      width,
    },
    limits: { concurrency: width },
    incremental: {
      kind: 'cursor',
      field: 'updated_at_source',
      from: 'updated_after',
      start: '2023-01-01',
    },
    target: {
      kind: 'table',
      table: name,
      key: ['id'],
      version: 'updated_at_source',
      fields: {
        id: { type: 'bigint' },
        customer_id: { type: 'bigint' },
        email: { type: 'text' },
        city: { type: 'text' },
        status: { type: 'text' },
        amount: { type: 'numeric' },
        quantity: { type: 'bigint' },
        score: { type: 'numeric' },
        is_gift: { type: 'boolean' },
        note: { type: 'text' },
        created_at_source: { path: 'created_at', type: 'timestamptz' },
        updated_at_source: { path: 'updated_at', type: 'timestamptz' },
      },
    },
  });
}

export const orderColumns = [
  'id',
  'customer_id',
  'email',
  'city',
  'status',
  'amount',
  'quantity',
  'score',
  'is_gift',
  'note',
  'created_at_source',
  'updated_at_source',
] as const;
