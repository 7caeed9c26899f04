import { flawOf } from '../source/parcels.ts';
import type { CollectorName } from '../world/definitions.ts';
import { liveFromUs } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import type { Difference } from './difference.ts';

interface Known {
  /** What the source holds of what a run reads that reads everything. */
  readonly records: number;
  /** How many of these are bad. */
  readonly bad: number;
}

/** A run that read everything once more, when all was loaded, has counted what the source holds, and written nothing. */
export async function checkHistory(
  world: World,
  runs: ReadonlyMap<CollectorName, string>,
): Promise<Difference[]> {
  const { rows } = await world.pool.query<{ id: string; told: string }>(
    `select id::text as id,
            concat_ws(' ', records_processed, records_inserted, records_updated, records_unchanged, records_stale,
                      records_rejected, records_deleted, records_refetched,
                      children_inserted, children_updated, children_deleted) as told
       from tidemark.collector_runs where id = any ($1::uuid[])`,
    [[...runs.values()]],
  );
  const told = new Map(rows.map((row) => [row.id, row.told]));
  const known = await knownOf(world);
  return [...runs].flatMap(([collector, runId]) => {
    const { records, bad } = known[collector];
    const wanted = [records, 0, 0, records - bad, 0, bad, 0, 0, 0, 0, 0].join(' ');
    const found = told.get(runId) ?? 'nothing';
    if (found === wanted) return [];
    return [
      { where: 'history', key: `${collector} ${runId}`, what: `counts ${found}, not ${wanted}` },
    ];
  });
}

async function knownOf({ shop, ledger }: World): Promise<Record<CollectorName, Known>> {
  const fromUs = liveFromUs(shop);
  const events = [...shop.events.values()].filter(({ atUs }) => atUs >= fromUs).length;
  const parcels = shop.parcels.current();
  const good = (records: number): Known => ({ records, bad: 0 });
  return {
    events: good(events),
    flaky: good(events),
    orders: good(shop.orders.size),
    days: good(shop.days.size),
    stock: good(shop.stock.size),
    entries: good((await ledger.lines()).length),
    parcels: { records: parcels.length, bad: parcels.filter(flawOf).length },
  };
}
