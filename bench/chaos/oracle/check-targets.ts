import type pg from 'pg';
import { isoOf, type Dated, type Shop } from '../source/shop.ts';
import type { World } from '../world/start-world.ts';
import type { Difference } from './difference.ts';

const datedSql = (table: string): string => `
  select concat_ws(' ', id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), amount, note) as line
    from public.${table}`;

/** Every target holds exactly what its source holds now, row for row. */
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
  ];
  return compared.flat();
}

const stockSql = `select concat_ws(' ', id, amount, note) as line from public.stock where _deleted_at is null`;
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
