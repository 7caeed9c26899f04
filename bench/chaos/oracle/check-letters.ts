import { badState, flawOf } from '../source/parcels.ts';
import type { World } from '../world/start-world.ts';
import { askDifferences } from './ask-differences.ts';
import { parcelLine } from './check-targets.ts';
import type { Difference } from './difference.ts';

const where = 'dead letters of parcels';

interface Letter {
  readonly id: string;
  readonly kind: string;
  readonly line: string;
}

/**
 * The dead letters of the parcels are the bad ones: each holds what the source had and what is refused, and none of those that
 * are bad now lacks one. Each rejected record of the ledger has its letter.
 */
export async function checkLetters({ pool, shop }: World): Promise<Difference[]> {
  const { rows } = await pool.query<Letter>(lettersSql);
  const everything = shop.parcels.everything();
  const kinds = new Map(
    everything
      .filter(flawOf)
      .map((bad) => [parcelLine(bad), bad.state === badState ? 'record' : 'row']),
  );
  const found = new Set(rows.map(({ line }) => line));
  const wrong = rows.flatMap(({ id, kind, line }): Difference[] => {
    const wanted = kinds.get(line);
    if (wanted === kind) return [];
    const what = wanted ? `is a ${kind}, not a ${wanted}: ${line}` : `was never bad: ${line}`;
    return [{ where, key: id, what }];
  });
  const lacking = shop.parcels
    .current()
    .filter((parcel) => flawOf(parcel) && !found.has(parcelLine(parcel)))
    .map((parcel) => ({ where, key: parcel.id, what: `has none: ${parcelLine(parcel)}` }));
  return [...wrong, ...lacking, ...(await askDifferences(pool, where, rejectedSql))];
}

/** The run that replayed them has brought each letter once, and none is left that is not replayed. */
export async function checkReplayed({ pool }: World, runId: string): Promise<Difference[]> {
  return [
    ...(await askDifferences(pool, where, unreplayedSql)),
    ...(await askDifferences(pool, where, replayedSql(runId))),
  ];
}

const unreplayedSql = `
  select id::text as key, format('is %s after its replay: %s', status, reason) as what
    from tidemark.dead_letters where collector_name = 'parcels' and status <> 'replayed'`;

function replayedSql(runId: string): string {
  return `
    select r.id::text as key,
           format('%s, processed %s, rejected %s, and brought %s letters', r.status, r.records_processed,
                  r.records_rejected, l.letters) as what
      from tidemark.collector_runs r,
           (select count(*) as letters from tidemark.dead_letters where replay_run_id = '${runId}') l
     where r.id = '${runId}'
       and (r.mode, r.status, r.records_processed, r.records_rejected) is distinct from ('replay', 'success', l.letters, 0)`;
}

const lettersSql = `
  select l.id::text as id, l.kind,
         concat_ws(' ', held ->> 'id',
                   to_char((held ->> 'at')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   held ->> 'amount', held ->> 'state') as line
    from tidemark.dead_letters l, lateral (select l.payload::jsonb as held)
   where l.collector_name = 'parcels' and l.kind in ('record', 'row')`;

/** What brings a letter again and is refused again leaves the letter that there is. */
export const rejectedSql = `
  select concat_ws('/', b.run_id, b.chunk_id, b.seq, b.digest, b.part) as key,
         format('rejected %s records and has %s dead letters', b.records_rejected, count(l.id)) as what
    from tidemark.batches b
    join tidemark.collector_runs r on r.id = b.run_id and r.mode <> 'replay'
    left join tidemark.dead_letters l
           on (l.run_id, l.chunk_id, l.seq, l.digest, l.part) = (b.run_id, b.chunk_id, b.seq, b.digest, b.part)
          and l.kind in ('record', 'row')
   group by b.run_id, b.chunk_id, b.seq, b.digest, b.part
  having b.records_rejected <> count(l.id)
   union all
  select l.id::text, 'is of no batch of the ledger'
    from tidemark.dead_letters l
   where l.kind in ('record', 'row')
     and not exists (select from tidemark.batches b
                      where (l.run_id, l.chunk_id, l.seq, l.digest, l.part) = (b.run_id, b.chunk_id, b.seq, b.digest, b.part))`;
