import type { Queryable } from '../connect.ts';

export interface DiscardedValues {
  readonly runId: string;
  readonly batchId: string;
  /** How many values were left out, by column. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Notes with a batch that values of its records were left out, if any were, and tells the run once for each column. The caller has the
 * chunk's lock already: only that of the run may follow.
 */
export async function noteDiscarded(
  db: Queryable,
  { runId, batchId, counts }: DiscardedValues,
): Promise<void> {
  const columns = Object.keys(counts);
  if (columns.length === 0) return;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  await db.query({
    name: 'note-discarded-values',
    text: 'update tidemark.batches set values_discarded = $2 where id = $1',
    values: [batchId, total],
  });
  for (const column of columns) {
    const warning = `values of ${column} were not of its type and were left out (target.contract.types is discard)`;
    await db.query({
      name: 'warn-of-discarded-values',
      text: `
        update tidemark.collector_runs set warnings = warnings || $2::text
         where id = $1 and not warnings @> array[$2::text]`,
      values: [runId, warning],
    });
  }
}
