import type { Queryable } from '../connect.ts';

/** Tells that batches of a collector do not wait any more. */
export async function forgetWait(db: Queryable, collector: string): Promise<void> {
  await db.query({
    name: 'forget-wait',
    text: 'delete from tidemark.waits where collector_name = $1',
    values: [collector],
  });
}
