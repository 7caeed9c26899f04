import { Partition } from '@tidemark/contracts';
import { z } from 'zod';
import { OtherCollector, PartitionName, Select, Where } from './row-source.ts';
import { Duration, Identifier, Path } from './words.ts';

/** The ids of another collector's target. */
const IdsOf = z.strictObject({
  collector: OtherCollector,
  /** Its field with the ids. */
  field: Identifier,
  where: Where.default({}),
  /** Its field whose greater values are more urgent. */
  score: Identifier.optional(),
  /** Its fields that tell the partition of an id. */
  partition: z.record(PartitionName, Identifier).default({}),
});

/** Asks for named things: ids that are listed elsewhere, each with a state of its own. */
export const Worklist = z.strictObject({
  kind: z.literal('worklist'),
  query: Select.optional(),
  from: IdsOf.optional(),
  /** Ids in one request, `{ids}` of its templates. */
  perRequest: z.number().int().min(1).max(1_000).default(1),
  separator: z.string().min(1).max(5).default(','),
  /** Field of the target that holds the id; its key when absent. */
  id: Identifier.optional(),
  /** Where the id is in a record as it comes; the path of that field when absent. */
  idAt: Path.optional(),
  maxAge: Duration.default('1d'),
  /** Rows of the target that are as they will stay: they are not asked for again. */
  final: z
    .strictObject({ field: Identifier, values: z.array(Partition.valueType).min(1) })
    .optional(),
  /** What is done about ids that were asked for and not answered. */
  missing: z
    .strictObject({
      after: Duration.default('1d'),
      attempts: z.number().int().min(1).default(3),
    })
    .prefault({}),
  /** Fewer due ids of a partition wait for more. */
  minItems: z.number().int().positive().default(1),
  /** At most so many ids in one run, the most urgent first. */
  perRun: z.number().int().positive().max(200_000).default(200_000),
});
export type Worklist = z.infer<typeof Worklist>;
