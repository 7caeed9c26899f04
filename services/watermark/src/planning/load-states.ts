import type { PartitionState } from '@tidemark/collector-sdk';
import { listItems, lockWatermarks, type Queryable } from '@tidemark/store';

/** What is known to be loaded of each partition, by its key; the watermarks stay locked until the transaction ends. */
export async function loadStates(
  db: Queryable,
  collector: string,
): Promise<Map<string, PartitionState>> {
  const watermarks = await lockWatermarks(db, collector);
  const states = new Map<string, PartitionState>(
    watermarks.map(({ partition, floor, covered }) => [
      partition,
      { floor, covered, items: new Map() },
    ]),
  );
  const items = Map.groupBy(await listItems(db, collector), ({ partition }) => partition);
  for (const [partition, rows] of items) {
    states.set(partition, {
      floor: null,
      covered: [],
      ...states.get(partition),
      items: new Map(rows.map(({ partition: _partition, key, ...state }) => [key, state])),
    });
  }
  return states;
}
