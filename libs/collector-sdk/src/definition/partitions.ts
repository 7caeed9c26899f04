import { Partition } from '@tidemark/contracts';
import { z } from 'zod';
import { OtherCollector, PartitionName, Select, Where } from './row-source.ts';
import { Identifier } from './words.ts';

/** Sets of values that are not all written down. Of the parts that are given the product is taken. */
export const PartitionSet = z.strictObject({
  list: z.array(Partition).min(1).optional(),
  product: z.record(PartitionName, z.array(Partition.valueType).min(1)).optional(),
  query: Select.optional(),
  /** The columns of the query that are values of the partitions. */
  keys: z.array(PartitionName).min(1).optional(),
  collector: OtherCollector.optional(),
  fields: z.record(PartitionName, Identifier).optional(),
  where: Where.optional(),
  minItems: z.number().int().nonnegative().default(1),
  priority: Identifier.optional(),
  newestFirst: z.boolean().default(false),
});
export type PartitionSet = z.infer<typeof PartitionSet>;

/** The sets of values that a collector is run for. */
export const Partitions = z.union([z.array(Partition).min(1), PartitionSet]).default([{}]);
export type Partitions = z.infer<typeof Partitions>;
