import type { Parcel } from './parcels.ts';
import { amountOf, type Part } from './parts.ts';
import { isoOf, type Dated, type Order, type Shop } from './shop.ts';

const PAGE = 40;

/** What the shop answers to a path and a query, as JSON text; undefined for a path that it does not know. */
export function answerQuery(shop: Shop, url: URL): string | undefined {
  const [, list = '', place = ''] = url.pathname.split('/');
  const query = url.searchParams;
  switch (list) {
    case 'events':
      return numberedPage([...shop.events.values()], query);
    case 'orders':
      return chainedPage(
        [...shop.orders.values()].filter(({ region }) => region === place),
        query,
        orderWritten,
      );
    case 'parcels':
      return chainedPage(shop.parcels.current(), query, parcelWritten);
    case 'stock':
      return stockPage(shop, query.get('after') ?? '');
    case 'days':
      return daysBetween(shop, query.get('first') ?? '', query.get('last') ?? '');
    default:
      return undefined;
  }
}

/** Pages by number within a window; the number of pages is told. */
function numberedPage(rows: readonly Dated[], query: URLSearchParams): string {
  const fromUs = microsOf(query.get('from')) ?? 0n;
  const toUs = microsOf(query.get('to'));
  const page = Number(query.get('page') ?? 1);
  const inside = rows
    .filter(({ atUs }) => atUs >= fromUs && (toUs === undefined || atUs <= toUs))
    .toSorted(inOrder);
  const shown = inside.slice((page - 1) * PAGE, page * PAGE);
  return `{"pages":${Math.ceil(inside.length / PAGE)},"data":[${shown.map(written).join(',')}]}`;
}

/** Each page names the next by its last row, so that rows which move to the end make none be skipped. */
function chainedPage<Row extends Moment>(
  rows: readonly Row[],
  query: URLSearchParams,
  write: (row: Row) => string,
): string {
  const sinceUs = microsOf(query.get('updated_after')) ?? 0n;
  const [afterUs = '', afterId = ''] = (query.get('cursor') ?? '').split('-');
  const isAfter = ({ atUs, id }: Row): boolean =>
    afterUs === '' || atUs > BigInt(afterUs) || (atUs === BigInt(afterUs) && id > afterId);
  const inside = rows.filter((row) => row.atUs >= sinceUs && isAfter(row)).toSorted(inOrder);
  const shown = inside.slice(0, PAGE);
  const last = shown.at(-1);
  const next = last && inside.length > PAGE ? `"${last.atUs}-${last.id}"` : 'null';
  return `{"next":${next},"data":[${shown.map(write).join(',')}]}`;
}

function stockPage(shop: Shop, after: string): string {
  const ids = [...shop.stock.keys()].filter((id) => id > after).toSorted();
  const shown = ids.slice(0, PAGE).flatMap((id) => shop.stock.get(id) ?? []);
  const next = ids.length > PAGE ? `"/stock?after=${shown.at(-1)?.id}"` : 'null';
  const rows = shown.map(
    ({ id, amount, note, bins }) =>
      `{"id":${id},"amount":"${amount}","note":"${note}","bins":${partsWritten('place', bins)}}`,
  );
  return `{"next":${next},"data":[${rows.join(',')}]}`;
}

function daysBetween(shop: Shop, first: string, last: string): string {
  const shown = [...shop.days.values()].filter(({ day }) => day >= first && day <= last);
  return JSON.stringify({ data: shown });
}

function written({ id, atUs, amount, note }: Dated): string {
  return `{"id":${id},"at":"${isoOf(atUs)}","amount":"${amount}","note":"${note}"}`;
}

function orderWritten(order: Order): string {
  // A list without elements comes in three ways.
  const lines = order.lines.length > 0 ? partsWritten('sku', order.lines) : 'null';
  const tags = order.tags.length > 0 ? `,"tags":${JSON.stringify(order.tags)}` : '';
  return `${written(order).slice(0, -1)},"lines":${lines}${tags}}`;
}

function partsWritten(name: string, parts: readonly Part[]): string {
  const all = parts.map((part) => `{"${name}":"${part.name}","amount":"${amountOf(part.cents)}"}`);
  return `[${all.join(',')}]`;
}

function parcelWritten({ id, atUs, amount, state }: Parcel): string {
  return `{"id":${id},"at":"${isoOf(atUs)}","amount":"${amount}","state":"${state}"}`;
}

type Moment = Pick<Dated, 'id' | 'atUs'>;

function inOrder(a: Moment, b: Moment): number {
  if (a.atUs !== b.atUs) return a.atUs < b.atUs ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Microseconds of an instant with up to six digits below the second. */
function microsOf(text: string | null): bigint | undefined {
  if (text === null) return undefined;
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
