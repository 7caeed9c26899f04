import type { World } from '../world/start-world.ts';
import { askDifferences } from './ask-differences.ts';
import type { Difference } from './difference.ts';

/** Watermarks cover what chunks have read to their end, no more and no less, and reach up to where the sources stand still. */
export async function checkWatermarks(world: World, frozenUs: bigint): Promise<Difference[]> {
  const { pool } = world;
  return [
    ...(await askDifferences(pool, 'chunks', incompleteSql)),
    ...(await askDifferences(pool, 'watermark', coveredSql)),
    ...(await askDifferences(pool, 'watermark', reachSql(frozenUs))),
  ];
}

/** A chunk that is done has a last page, and every part of each of its pages is in the ledger. */
const incompleteSql = `
  select concat(c.run_id, '/', c.chunk_id) as key, 'is done, but not all of it was loaded' as what
    from tidemark.chunks c
   where c.status = 'done'
     and (not exists (select from tidemark.pages p
                       where p.run_id = c.run_id and p.chunk_id = c.chunk_id and p.last)
          or exists (select from tidemark.pages p
                      where p.run_id = c.run_id and p.chunk_id = c.chunk_id
                        and p.parts <> (select count(*) from tidemark.batches b
                                         where b.run_id = p.run_id and b.chunk_id = p.chunk_id and b.seq = p.seq
                                           and b.digest = p.digest and b.outcome <> 'failed')))`;

/** What is covered, computed anew: of each done chunk its window, up to the bound that its first page fixed. */
const coveredSql = `
  with read as (
    select r.collector_name, c.partition,
           range_agg(numrange(c.cursor_from, greatest(c.cursor_from, least(c.cursor_to, p.bound)))) as covered
      from tidemark.chunks c
      join tidemark.collector_runs r on r.id = c.run_id
      join tidemark.pages p on p.run_id = c.run_id and p.chunk_id = c.chunk_id and p.seq = 0
     where c.status = 'done' and c.cursor_from is not null
     group by r.collector_name, c.partition)
  select concat(collector_name, ' ', partition) as key,
         format('covers %s, and %s was read', w.covered, read.covered) as what
    from tidemark.watermarks w
    full join read using (collector_name, partition)
   where coalesce(w.covered, '{}') <> coalesce(read.covered, '{}')`;

const SETTLED_US = 3_000_000n;

/** In the end there is no hole, and what lies further back than a source takes to settle is covered. */
function reachSql(frozenUs: bigint): string {
  return `
    select concat(collector_name, ' ', partition) as key,
           format('covers %s; the source stands still since ${frozenUs}', covered) as what
      from tidemark.watermarks
     where not covered @> numrange(floor, ${frozenUs - SETTLED_US})`;
}
