import type { Queryable } from '../connect.ts';
import { type CollectorSummaryRow, collectorColumns } from './collector-columns.ts';
import { type LateRowsRow, lateColumns, lateRows } from './late-rows.ts';

export interface CollectorDescriptionRow extends CollectorSummaryRow, LateRowsRow {
  readonly definition: unknown;
}

const text = `
select ${collectorColumns}, ${lateColumns}, c.definition
  from tidemark.collectors c ${lateRows}
 where c.name = $1`;

/** One registered collector with its whole definition, or nothing. */
export async function describeCollector(
  db: Queryable,
  name: string,
): Promise<CollectorDescriptionRow | undefined> {
  const values = [name];
  const { rows } = await db.query<CollectorDescriptionRow>({
    name: 'describe_collector',
    text,
    values,
  });
  return rows[0];
}
