import { partitionKey } from '../revision.ts';
import type { Mistake, Sections } from './mistake.ts';

/** Partitions differ from each other and have the same keys. */
export function checkPartitions({ partitions = [] }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  const expected = keysOf(partitions[0]);
  for (const [place, partition] of partitions.entries()) {
    const path = `partitions.${place}`;
    const earlier = seen.get(partitionKey(partition));
    if (earlier !== undefined) {
      mistakes.push({ path, message: `is the same as partitions.${earlier}` });
    }
    if (keysOf(partition) !== expected) {
      mistakes.push({ path, message: `has other keys than partitions.0 (${expected || 'none'})` });
    }
    seen.set(partitionKey(partition), place);
  }
  return mistakes;
}

function keysOf(partition: object | undefined): string {
  return Object.keys(partition ?? {})
    .toSorted()
    .join(', ');
}
