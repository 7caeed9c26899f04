import type { Queryable } from '../connect.ts';
import { type CollectorSummaryRow, collectorColumns } from './collector-columns.ts';

const text = `select ${collectorColumns} from tidemark.collectors c order by c.name`;

/** Every registered collector, by name. */
export async function listCollectors(db: Queryable): Promise<CollectorSummaryRow[]> {
  const { rows } = await db.query<CollectorSummaryRow>({ name: 'list_collectors', text });
  return rows;
}
