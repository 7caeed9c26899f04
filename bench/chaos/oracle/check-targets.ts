import type pg from 'pg';
import { flawOf, type Parcel, type Parcels } from '../source/parcels.ts';
import { amountOf, type Part } from '../source/parts.ts';
import { isoOf, type Dated, type Shop } from '../source/shop.ts';
import type { World } from '../world/start-world.ts';
import type { Difference } from './difference.ts';

const datedSql = (table: string): string => `
  select concat_ws(' ', id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), amount, note) as line
    from public.${table}`;

/** Every target holds exactly what its source holds now, row for row; of parcels those that are good. */
export async function checkTargets({ pool, shop, ledger }: World): Promise<Difference[]> {
  const events = [...shop.events.values()].map(datedLine);
  const orders = [...shop.orders.values()].map(datedLine);
  const compared = [
    compare('events', events, await linesOf(pool, datedSql('events'))),
    compare('flaky', events, await linesOf(pool, datedSql('flaky'))),
    compare('orders', orders, await linesOf(pool, datedSql('orders'))),
    compare('entries', await ledger.lines(), await linesOf(pool, datedSql('entries'))),
    compare('stock', stockLines(shop), await linesOf(pool, stockSql)),
    compare('days', dayLines(shop), await linesOf(pool, daysSql)),
    compare('order_lines', orderLines(shop), await linesOf(pool, orderLinesSql)),
    compare('order_tags', orderTags(shop), await linesOf(pool, orderTagsSql)),
    compare('stock_bins', stockBins(shop), await linesOf(pool, stockBinsSql)),
    compareGood(shop.parcels, await linesOf(pool, parcelsSql)),
  ];
  return compared.flat();
}

/** The same of parcels when nothing refuses them any more. */
export async function checkAllParcels({ pool, shop }: World): Promise<Difference[]> {
  return compare(
    'parcels',
    shop.parcels.current().map(parcelLine),
    await linesOf(pool, parcelsSql),
  );
}

/** In the place of what is bad now stands nothing, or something that was good once. */
function compareGood(parcels: Parcels, target: readonly string[]): Difference[] {
  const good = parcels.current().filter((parcel) => !flawOf(parcel));
  const bad = new Set(
    parcels
      .current()
      .filter(flawOf)
      .map(({ id }) => id),
  );
  const once = new Set(
    parcels
      .everything()
      .filter((parcel) => !flawOf(parcel))
      .map(parcelLine),
  );
  const isOld = (line: string): boolean => bad.has(keyOf(line)) && once.has(line);
  return compare(
    'parcels',
    good.map(parcelLine),
    target.filter((line) => !isOld(line)),
  );
}

const stockSql = `select concat_ws(' ', id, amount, note) as line from public.stock where _deleted_at is null`;
const orderLinesSql = `select concat(order_id, '/', sku, ' ', amount) as line from public.order_lines`;
const orderTagsSql = `select concat(order_id, '/', place, ' ', tag) as line from public.order_tags`;
/** What a snapshot marks as deleted keeps its children. */
const stockBinsSql = `
  select concat(b.stock_id, '/', b.place, ' ', b.amount) as line
    from public.stock_bins b join public.stock s on s.id = b.stock_id
   where s._deleted_at is null`;
const parcelsSql = `
  select concat_ws(' ', id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), amount, state) as line
    from public.parcels`;
const daysSql = `select concat_ws(' ', to_char(day, 'YYYY-MM-DD') || '/' || place, amount) as line from public.days`;

function datedLine({ id, atUs, amount, note }: Dated): string {
  return `${id} ${isoOf(atUs)} ${amount} ${note}`;
}

function stockLines(shop: Shop): string[] {
  return [...shop.stock.values()].map(({ id, amount, note }) => `${id} ${amount} ${note}`);
}

function dayLines(shop: Shop): string[] {
  return [...shop.days.values()].map(({ day, place, amount }) => `${day}/${place} ${amount}`);
}

function orderLines(shop: Shop): string[] {
  return [...shop.orders.values()].flatMap(({ id, lines }) => partLines(id, lines));
}

function orderTags(shop: Shop): string[] {
  return [...shop.orders.values()].flatMap(({ id, tags }) =>
    tags.map((tag, place) => `${id}/${place} ${tag}`),
  );
}

function stockBins(shop: Shop): string[] {
  return [...shop.stock.values()].flatMap(({ id, bins }) => partLines(id, bins));
}

function partLines(id: string, parts: readonly Part[]): string[] {
  return parts.map(({ name, cents }) => `${id}/${name} ${amountOf(cents)}`);
}

/** A parcel in the form that its target and its dead letters are read in. */
export function parcelLine({ id, atUs, amount, state }: Parcel): string {
  return `${id} ${isoOf(atUs)} ${amount} ${state}`;
}

async function linesOf(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(sql);
  return rows.map(({ line }) => line);
}

/** The first word of a line is its key. */
function compare(
  table: string,
  source: readonly string[],
  target: readonly string[],
): Difference[] {
  const where = `target ${table}`;
  const loaded = byKey(target);
  const differences: Difference[] = [];
  for (const [key, line] of byKey(source)) {
    const found = loaded.get(key);
    if (found === undefined) differences.push({ where, key, what: `is missing: ${line}` });
    else if (found !== line) differences.push({ where, key, what: `is ${found}, not ${line}` });
    loaded.delete(key);
  }
  for (const [key, line] of loaded) {
    differences.push({ where, key, what: `is not in the source: ${line}` });
  }
  if (target.length !== new Set(target.map(keyOf)).size) {
    differences.push({ where, key: '*', what: 'has keys more than once' });
  }
  return differences;
}

function byKey(lines: readonly string[]): Map<string, string> {
  return new Map(lines.map((line) => [keyOf(line), line]));
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf(' '));
}
