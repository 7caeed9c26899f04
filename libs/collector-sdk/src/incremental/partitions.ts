import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Definition } from '../definition/definition.ts';
import type { PartitionSet } from '../definition/partitions.ts';
import { partitionKey } from '../revision.ts';

/** Values of partitions, each in the order in which it was found. */
export type PartitionRows = readonly Partition[];

/** The partitions that a definition says by itself; undefined when rows of a database say them, too. */
export function listPartitions({ partitions }: Pick<Definition, 'partitions'>) {
  if (Array.isArray(partitions)) return partitions;
  if (partitions.query !== undefined || partitions.collector !== undefined) return undefined;
  return combinePartitions(partitions, []);
}

/**
 * The product of what a set says itself with the rows that were found for its query and its collector, in the order in
 * which they are to be read; a partition that comes twice counts once. The rows come in their order, and lead.
 */
export function combinePartitions(
  set: PartitionSet,
  found: readonly PartitionRows[],
): readonly Partition[] {
  const factors: PartitionRows[] = [
    ...found,
    ...(set.list ? [inOrder(set, set.list)] : []),
    ...Object.entries(set.product ?? {}).map(([key, values]) =>
      inOrder(
        set,
        values.map((value) => ({ [key]: value })),
      ),
    ),
  ];
  let combined: Partition[] = [{}];
  for (const factor of factors) {
    combined = combined.flatMap((left) => factor.map((right) => ({ ...left, ...right })));
  }
  const distinct = new Map<string, Partition>();
  for (const partition of combined) {
    const key = partitionKey(partition);
    if (!distinct.has(key)) distinct.set(key, partition);
  }
  return [...distinct.values()];
}

/** Whether a definition says in which order its partitions are read. */
export function hasOrder({ partitions }: Pick<Definition, 'partitions'>): boolean {
  if (Array.isArray(partitions)) return false;
  return partitions.newestFirst || partitions.priority !== undefined;
}

/** The keys that every partition of a definition has a value for. */
export function partitionKeys({ partitions }: Pick<Definition, 'partitions'>): string[] {
  if (Array.isArray(partitions)) return sharedKeys(partitions);
  const { list = [], product = {}, keys = [], fields = {} } = partitions;
  return [...sharedKeys(list), ...Object.keys(product), ...keys, ...Object.keys(fields)];
}

/** The partitions that have all values of a filter; none is a mistake of whoever asked. */
export function selectPartitions(
  name: string,
  partitions: readonly Partition[],
  filter: Partition | undefined,
): readonly Partition[] {
  const wanted = Object.entries(filter ?? {});
  if (wanted.length === 0) return partitions;
  const selected = partitions.filter((partition) =>
    // Values are compared as text, since on a command line all of them are.
    wanted.every(([key, value]) => key in partition && String(partition[key]) === String(value)),
  );
  if (selected.length > 0) return selected;
  throw new TerminalError(
    'COMMAND_INVALID',
    `no partition of "${name}" has ${JSON.stringify(filter)}; it has ${partitions.length}, ` +
      `for example ${JSON.stringify(partitions[0] ?? {})}`,
  );
}

function inOrder(set: PartitionSet, rows: PartitionRows): PartitionRows {
  return set.newestFirst ? rows.toReversed() : rows;
}

function sharedKeys(partitions: PartitionRows): string[] {
  const [first = {}, ...others] = partitions;
  return Object.keys(first).filter((key) => others.every((other) => key in other));
}
