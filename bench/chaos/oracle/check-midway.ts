import pg from 'pg';
import type { Dated } from '../source/shop.ts';
import { addOnly, LOOKBACK_US } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import { askDifferences } from './ask-differences.ts';
import { rejectedSql } from './check-letters.ts';
import type { Difference } from './difference.ts';

/**
 * Looks at one moment while everything goes on: what is covered is loaded, and the ledger has inserted as many rows as there
 * are; each record is there with its own children, all of them; each rejected one has its dead letter. Undefined when the server
 * was not there to be asked.
 */
export async function checkMidway({ pool, shop }: World): Promise<Difference[] | undefined> {
  // Taken first: what the source holds now may be covered at the moment of the snapshot, and has to be loaded then.
  const before = {
    events: [...shop.events.values()],
    orders: [...shop.orders.values()],
    parcels: shop.parcels.current(),
  };
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query('begin isolation level repeatable read read only');
    const differences = [
      ...(await notInserted(client)),
      ...(await notLoaded(client, { table: 'events', rows: before.events, recentUs: LOOKBACK_US })),
      ...(await notLoaded(client, { table: 'flaky', rows: before.events, recentUs: LOOKBACK_US })),
      ...(await notLoaded(client, { table: 'orders', rows: before.orders, recentUs: 0n })),
      ...(await notLoaded(client, { table: 'parcels', rows: before.parcels, recentUs: 0n })),
      ...(await askDifferences(
        client,
        'midway order_lines',
        tornSql('orders', 'order_lines', 'order_id'),
      )),
      ...(await askDifferences(
        client,
        'midway stock_bins',
        tornSql('stock', 'stock_bins', 'stock_id'),
      )),
      ...(await askDifferences(client, 'midway dead letters', rejectedSql)),
    ];
    await client.query('rollback');
    client.release();
    // A parcel that has been bad may have been refused.
    const mayLack = ({ where, key }: Difference): boolean =>
      where === 'midway parcels' && !shop.parcels.isSound(key);
    return differences.filter((difference) => !mayLack(difference));
  } catch (error) {
    client?.release(true);
    if (isAway(error)) return undefined;
    throw error;
  }
}

/** Whether nobody was there to answer; a mistake in a question is none of the product's. */
function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57)/.test(error.code ?? '');
  return error instanceof Error;
}

/** A record says what the amounts of its children add up to. */
function tornSql(table: string, child: string, parent: string): string {
  return `
    select t.id::text as key, format('says %s, its children %s', t.amount, coalesce(c.amount, 0)) as what
      from public.${table} t
      left join (select ${parent} as id, sum(amount) as amount from public.${child} group by ${parent}) c using (id)
     where t.amount <> coalesce(c.amount, 0)`;
}

async function notInserted(client: pg.ClientBase): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const table of addOnly) {
    const { rows } = await client.query<{ told: string; found: string }>(
      `select (select coalesce(sum(b.records_inserted), 0)
                 from tidemark.batches b join tidemark.collector_runs r on r.id = b.run_id
                where r.collector_name = $1) as told,
              (select count(*) from public.${pg.escapeIdentifier(table)}) as found`,
      [table],
    );
    const [{ told, found } = { told: '?', found: '?' }] = rows;
    if (told !== found) {
      const what = `the ledger has inserted ${told} rows, the target has ${found}`;
      differences.push({ where: `midway ${table}`, key: '*', what });
    }
  }
  return differences;
}

interface Expected {
  readonly table: string;
  readonly rows: readonly (Pick<Dated, 'id' | 'atUs'> & Partial<Pick<Dated, 'region'>>)[];
  /**
   * How far below the end of what is covered rows may still be missing: late ones appear there, and move others to a page
   * that is not asked for any more. The next run looks back and finds both.
   */
  readonly recentUs: bigint;
}

async function notLoaded(
  client: pg.ClientBase,
  { table, rows: source, recentUs }: Expected,
): Promise<Difference[]> {
  const marks = await client.query<{ partition: string; from: string; to: string }>(
    `select w.partition, lower(r)::text as from, upper(r)::text as to
       from tidemark.watermarks w, unnest(w.covered) as r where w.collector_name = $1`,
    [table],
  );
  const loaded = await client.query<{ id: string; at: string }>(
    `select id::text as id, trunc(extract(epoch from at) * 1000000)::text as at
       from public.${pg.escapeIdentifier(table)}`,
  );
  const atOf = new Map(loaded.rows.map(({ id, at }) => [id, BigInt(at)]));
  const covered = marks.rows.map(({ partition, from, to }) => ({
    region: (JSON.parse(partition) as { region?: string }).region,
    fromUs: BigInt(from),
    toUs: BigInt(to),
  }));
  return source.flatMap(({ id, atUs, region }) => {
    const isCovered = covered.some(
      (mark) =>
        (mark.region ?? region) === region && atUs >= mark.fromUs && atUs < mark.toUs - recentUs,
    );
    const at = atOf.get(id);
    if (!isCovered || (at !== undefined && at >= atUs)) return [];
    const what = `${atUs} is covered; the target has ${at ?? 'nothing'}`;
    return [{ where: `midway ${table}`, key: id, what }];
  });
}
