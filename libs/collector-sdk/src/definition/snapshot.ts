import { PartitionName } from './row-source.ts';
import { z } from 'zod';
import { Identifier } from './words.ts';

/** Everything, each time; rows that vanished from a complete snapshot are deleted. */
export const Snapshot = z.strictObject({
  kind: z.literal('snapshot'),
  deletions: z.enum(['mark', 'remove', 'ignore']).default('mark'),
  /** A larger share of vanished rows is taken for a fault of the source: nothing is deleted. */
  maxDeletedShare: z.number().min(0).max(1).default(0.1),
  /** Which fields of the target tell the partition of a row. */
  scope: z.record(PartitionName, Identifier).optional(),
});
export type Snapshot = z.infer<typeof Snapshot>;
