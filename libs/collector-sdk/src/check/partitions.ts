import type { Partition } from '@tidemark/contracts';
import type { PartitionSet } from '../definition/partitions.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import { partitionKey } from '../revision.ts';
import type { Mistake, Sections } from './mistake.ts';

/** Partitions differ from each other and have the same keys. */
export function checkPartitions({ partitions }: Sections): Mistake[] {
  if (partitions === undefined) return [];
  return Array.isArray(partitions) ? checkList(partitions, 'partitions') : checkSet(partitions);
}

function checkList(partitions: readonly Partition[], at: string): Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  const expected = keysOf(partitions[0]);
  for (const [place, partition] of partitions.entries()) {
    const path = `${at}.${place}`;
    const earlier = seen.get(partitionKey(partition));
    if (earlier !== undefined) mistakes.push({ path, message: `is the same as ${at}.${earlier}` });
    if (keysOf(partition) !== expected) {
      mistakes.push({ path, message: `has other keys than ${at}.0 (${expected || 'none'})` });
    }
    seen.set(partitionKey(partition), place);
  }
  return mistakes;
}

function checkSet(set: PartitionSet): Mistake[] {
  const mistakes = set.list ? checkList(set.list, 'partitions.list') : [];
  const { list, product, query, collector } = set;
  if ([list, product, query, collector].every((part) => part === undefined)) {
    const message = 'needs at least one of list, product, query and collector';
    mistakes.push({ path: 'partitions', message });
  }
  mistakes.push(...checkPairs(set));
  const names = partitionKeys({ partitions: set });
  const twice = new Set(names.filter((name, place) => names.indexOf(name) !== place));
  for (const name of twice) {
    mistakes.push({ path: 'partitions', message: `"${name}" gets its value from two parts` });
  }
  return mistakes;
}

/** Settings that mean nothing without another one. */
function checkPairs({ query, keys, collector, fields, where, priority }: PartitionSet): Mistake[] {
  const mistakes: Mistake[] = [];
  const pair = (name: string, value: unknown, other: string, needed: unknown): void => {
    if (value === undefined || needed !== undefined) return;
    mistakes.push({ path: `partitions.${name}`, message: `needs partitions.${other}, too` });
  };
  pair('query', query, 'keys', keys);
  pair('keys', keys, 'query', query);
  pair('collector', collector, 'fields', fields);
  pair('fields', fields, 'collector', collector);
  pair('where', where, 'collector', collector);
  if (priority !== undefined && (query === undefined) === (collector === undefined)) {
    const message = 'is a column of the query or a field of the collector: it needs one of them';
    mistakes.push({ path: 'partitions.priority', message });
  }
  return mistakes;
}

function keysOf(partition: object | undefined): string {
  return Object.keys(partition ?? {})
    .toSorted()
    .join(', ');
}
