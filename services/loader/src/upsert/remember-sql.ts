import pg from 'pg';
import type { MergeTarget } from './merge-sql.ts';

/**
 * The statement that keeps the keys of what is staged, as hashes of their values (what is equal hashes alike), for runs that
 * look for vanished rows. A batch that is loaded piece by piece keeps those of all its pieces. Parameters: $1 run, $2 batch.
 */
export function rememberSql({ stage, key }: Pick<MergeTarget, 'stage' | 'key'>): string {
  const values = key.map((name) => `s.${pg.escapeIdentifier(name)}`).join(', ');
  return `
insert into tidemark.seen as k (run_id, batch_id, keys)
select $1::uuid, $2::bigint, array_agg(distinct hash_record_extended(row(${values}), w.seed))
  from tidemark.sweeps as w
 cross join ${stage} as s
 where w.run_id = $1::uuid
having count(*) > 0
on conflict (run_id, batch_id) do update set keys = k.keys || excluded.keys`;
}
