import type { Partition } from '@tidemark/contracts';
import type { PartitionSet } from '../definition/partitions.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import { partitionKey } from '../revision.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

/** Partitions differ from each other and have the same keys. */
export function checkPartitions({ partitions }: Sections): Mistake[] {
  if (partitions === undefined) return [];
  return Array.isArray(partitions) ? checkList(partitions, 'partitions') : checkSet(partitions);
}

function checkList(partitions: readonly Partition[], at: string): Mistake[] {
  const seen = new Map<string, number>();
  return inEach(partitions.keys(), (place) => {
    const partition = partitions[place] ?? {};
    const path = `${at}.${place}`;
    const key = partitionKey(partition);
    const earlier = seen.get(key);
    seen.set(key, place);
    return independently(
      () => (earlier === undefined ? [] : [{ path, message: `is the same as ${at}.${earlier}` }]),
      () => checkKeys(partition, partitions[0], path),
    );
  });
}

function checkKeys(partition: Partition, first: Partition | undefined, path: string): Mistake[] {
  const expected = keysOf(first);
  if (keysOf(partition) === expected) return [];
  const message = `has other keys than ${path.replace(/\d+$/, '0')} (${expected || 'none'})`;
  return [{ path, message }];
}

function checkSet(set: PartitionSet): Mistake[] {
  return independently(
    () => (set.list ? checkList(set.list, 'partitions.list') : []),
    () => checkParts(set),
    ...pairs.map(
      ([name, needed]) =>
        () =>
          checkPair(set, name, needed),
    ),
    () => checkPriority(set),
    () => checkNames(set),
  );
}

function checkParts({ list, product, query, collector }: PartitionSet): Mistake[] {
  if ([list, product, query, collector].some((part) => part !== undefined)) return [];
  const message = 'needs at least one of list, product, query and collector';
  return [{ path: 'partitions', message }];
}

function checkNames(set: PartitionSet): Mistake[] {
  const names = partitionKeys({ partitions: set });
  const twice = new Set(names.filter((name, place) => names.indexOf(name) !== place));
  return [...twice].map((name) => ({
    path: 'partitions',
    message: `"${name}" gets its value from two parts`,
  }));
}

/** Settings that mean nothing without another one. */
const pairs = [
  ['query', 'keys'],
  ['keys', 'query'],
  ['collector', 'fields'],
  ['fields', 'collector'],
  ['where', 'collector'],
] as const;

function checkPair(
  set: PartitionSet,
  name: keyof PartitionSet,
  needed: keyof PartitionSet,
): Mistake[] {
  if (set[name] === undefined || set[needed] !== undefined) return [];
  return [{ path: `partitions.${name}`, message: `needs partitions.${needed}, too` }];
}

function checkPriority({ priority, query, collector }: PartitionSet): Mistake[] {
  if (priority === undefined || (query === undefined) !== (collector === undefined)) return [];
  const message = 'is a column of the query or a field of the collector: it needs one of them';
  return [{ path: 'partitions.priority', message }];
}

function keysOf(partition: object | undefined): string {
  return Object.keys(partition ?? {})
    .toSorted()
    .join(', ');
}
