import type { Queryable } from '../connect.ts';

export interface ExpectedPeriod {
  readonly partition: string;
  readonly key: string;
}

/** Keeps which periods a run is to read: one that it does not come to, and nobody has read before, is seen as a hole. */
export async function expectPeriods(
  db: Queryable,
  collectorName: string,
  periods: readonly ExpectedPeriod[],
): Promise<void> {
  if (periods.length === 0) return;
  await db.query({
    name: 'expect-periods',
    text: `
      insert into tidemark.items (collector_name, partition, key, kind)
      select $1, p.partition, p.key, 'period'
        from jsonb_to_recordset($2::jsonb) as p (partition text, key text)
       order by p.partition, p.key
      on conflict (collector_name, partition, key) do nothing`,
    values: [collectorName, JSON.stringify(periods)],
  });
}
