import { regions, type Shop } from '../source/shop.ts';
import { dayOf, eventsBegin } from '../source/shop.ts';

export interface Addresses {
  readonly shopUrl: string;
}

const DAY_US = 86_400_000_000n;

/** Longer than rows are late, so that one that appears inside of what is covered is found. */
const LOOKBACK = '20s';
export const LOOKBACK_US = 20_000_000n;

/** Collectors whose rows are never deleted: each row is inserted once over all of their runs. */
export const addOnly = ['events', 'flaky', 'orders', 'days', 'entries'] as const;
export const collectors = [...addOnly, 'stock'] as const;
export type CollectorName = (typeof collectors)[number];

/** The window that only backfills read, as days. */
export function backfillWindow(shop: Shop): { from: string; to: string } {
  const daysAgo = (days: number): string => dayOf(shop.startedUs - BigInt(days) * DAY_US);
  return { from: daysAgo(eventsBegin.backfillDays + 1), to: daysAgo(eventsBegin.liveDays) };
}

/** The definitions by file name. */
export function definitionsOf(shop: Shop, { shopUrl }: Addresses): Record<string, string> {
  const { to: liveFrom } = backfillWindow(shop);
  return {
    // Windows, each of numbered pages that are asked for side by side.
    'events.yaml': datedYaml({ name: 'events', shopUrl, start: liveFrom }),
    // The same, and its pages fail for good at their second refusal: it leaves holes, and fills them.
    'flaky.yaml': datedYaml({ name: 'flaky', shopUrl, start: liveFrom, attempts: 2 }),
    'orders.yaml': `
name: orders
source: ${sourceOf('orders', shopUrl)}
partitions: [${regions.map((region) => `{ region: ${region} }`).join(', ')}]
request: { path: '/orders/{region}', records: data }
paginate: { kind: cursor, param: cursor, next: next }
incremental: { kind: cursor, field: at, from: updated_after, start: '${liveFrom}', lookback: ${LOOKBACK}, settle: 1s }
target: ${tableOf('orders', 'version: at')}
`,
    'stock.yaml': `
name: stock
source: ${sourceOf('stock', shopUrl)}
request: { path: /stock, records: data }
paginate: { kind: next-url, next: next }
incremental: { kind: snapshot, maxDeletedShare: 1 }
target:
  kind: table
  table: stock
  key: [id]
  fields: { id: { type: bigint }, amount: { type: numeric }, note: { type: text } }
`,
    'days.yaml': `
name: days
source: ${sourceOf('days', shopUrl)}
request: { path: /days, query: { first: '{first_day}', last: '{last_day}' }, records: data }
incremental: { kind: periods, unit: day, from: '${dayOf(shop.startedUs - 5n * DAY_US)}', perChunk: 1, recent: 2 }
target:
  kind: table
  table: days
  key: [day, place]
  fields: { day: { type: date }, place: { type: text }, amount: { type: numeric } }
`,
    'entries.yaml': `
name: entries
source: { kind: postgres, name: ledger, secret: LEDGER, attempts: 20, retryDelay: 50ms, timeout: 5s }
request: { kind: sql, sql: 'select * from entries', size: 60 }
incremental: { kind: cursor, field: at, tie: id, start: '2020-01-01', lookback: ${LOOKBACK}, settle: 1s }
target: ${tableOf('entries', 'version: at')}
`,
  };
}

interface DatedOptions {
  readonly name: string;
  readonly shopUrl: string;
  readonly start: string;
  readonly attempts?: number;
}

function datedYaml({ name, shopUrl, start, attempts = 20 }: DatedOptions): string {
  return `
name: ${name}
source: ${sourceOf(name, shopUrl, attempts)}
request: { path: /events, records: data }
paginate: { kind: page, totalPages: pages, width: 3 }
incremental:
  { kind: cursor, field: at, from: from, to: to, start: '${start}', size: 1d, lookback: ${LOOKBACK}, settle: 1s }
target: ${tableOf(name, '')}
`;
}

function sourceOf(name: string, shopUrl: string, attempts = 20): string {
  return `{ name: shop-${name}, baseUrl: '${shopUrl}', attempts: ${attempts}, retryDelay: 50ms, timeout: 3s }`;
}

function tableOf(name: string, more: string): string {
  return `
  kind: table
  table: ${name}
  key: [id]
  ${more}
  fields:
    { id: { type: bigint }, at: { type: timestamptz }, amount: { type: numeric }, note: { type: text } }`;
}
