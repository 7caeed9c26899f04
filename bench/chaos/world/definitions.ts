import { goodStates } from '../source/parcels.ts';
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
export const addOnly = ['events', 'flaky', 'orders', 'days', 'entries', 'parcels'] as const;
/** Tables of child records, and the target that each belongs to. */
export const children = {
  order_lines: 'orders',
  order_tags: 'orders',
  stock_bins: 'stock',
} as const;
export const collectors = [...addOnly, 'stock'] as const;
export type CollectorName = (typeof collectors)[number];

/** What refuses negative amounts of parcels, beside the rule of their collector about states. */
export const parcelConstraint = 'amounts_are_positive';

/** The window that only backfills read, as days. */
export function backfillWindow(shop: Shop): { from: string; to: string } {
  const daysAgo = (days: number): string => dayOf(shop.startedUs - BigInt(days) * DAY_US);
  return { from: daysAgo(eventsBegin.backfillDays + 1), to: daysAgo(eventsBegin.liveDays) };
}

/** Where events are live: what lies before is read by backfills only. */
export function liveFromUs(shop: Shop): bigint {
  return BigInt(Date.parse(backfillWindow(shop).to)) * 1_000n;
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
  children:
    - ${childOf('lines', 'order_lines', 'order_id')}
      key: [order_id, sku]
      fields: { sku: { type: text }, amount: { type: numeric } }
    - ${childOf('tags', 'order_tags', 'order_id')}
      position: place
      key: [order_id, place]
      fields: { tag: { path: $, type: text } }
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
  children:
    - ${childOf('bins', 'stock_bins', 'stock_id')}
      key: [stock_id, place]
      fields: { place: { type: text }, amount: { type: numeric } }
`,
    'parcels.yaml': parcelsYaml(shop, { shopUrl }, goodStates),
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

/** Parcels are refused unless their state is one of these. */
export function parcelsYaml(shop: Shop, { shopUrl }: Addresses, states: readonly string[]): string {
  const { to: liveFrom } = backfillWindow(shop);
  return `
name: parcels
source: ${sourceOf('parcels', shopUrl)}
limits: { maxRejects: 1 }
request: { path: /parcels, records: data }
paginate: { kind: cursor, param: cursor, next: next }
incremental: { kind: cursor, field: at, from: updated_after, start: '${liveFrom}', lookback: ${LOOKBACK}, settle: 1s }
transform: { rules: [{ field: state, rule: oneOf, values: [${states.join(', ')}] }] }
target:
  kind: table
  table: parcels
  key: [id]
  version: at
  fields:
    { id: { type: bigint }, at: { type: timestamptz }, amount: { type: numeric }, state: { type: text } }
`;
}

function childOf(at: string, table: string, parent: string): string {
  return `at: ${at}
      table: ${table}
      parent: { ${parent}: id }`;
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
