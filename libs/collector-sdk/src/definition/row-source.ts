import { CollectorName, Partition } from '@tidemark/contracts';
import { z } from 'zod';
import { Identifier } from './words.ts';

const Value = Partition.valueType;

/** A key of partitions: a name that templates can use. */
export const PartitionName = Partition.keyType;

/** Which rows of another collector's target: each field named has the value, or one of them. */
export const Where = z.record(Identifier, z.union([Value, z.array(Value).min(1)]));

/** A `select` on the target database, read in a read-only transaction. */
export const Select = z.string().regex(/^\s*(select|with|values|table)\b/i, 'must be a select');

/** The name of the collector whose target is read. */
export const OtherCollector = CollectorName;
