import { createHash } from 'node:crypto';
import type { Partition } from '@tidemark/contracts';
import { canonicalJson } from './canonical-json.ts';
import type { Definition } from './definition/definition.ts';

/** Names the data of a definition: the same data has the same revision, however it was written. */
export function revisionOf(definition: Definition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex').slice(0, 16);
}

/** The text that names a partition in tables; `{}` when the collector has none. */
export function partitionKey(partition: Partition): string {
  return canonicalJson(partition);
}
