import { z } from 'zod';
import { Partition } from './page-task.ts';

/** An instant in ISO 8601 with a zone, a date, or an integer cursor. */
export const CursorText = z
  .string()
  .regex(
    /^(-?\d{1,18}|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?)$/,
    'a date, an instant with a zone, or an integer',
  );

const trigger = {
  triggeredBy: z.string().min(1).max(100).default('command'),
  /** An earlier answer is repeated when the same id comes again. */
  commandId: z.uuid().optional(),
};

/** `tidemark.command.run.<collector>`: start a run. `{}` is valid. */
export const RunCommand = z.strictObject({
  ...trigger,
  runId: z.uuid().optional(),
  mode: z.enum(['incremental', 'full', 'backfill']).default('incremental'),
  /** Only partitions that have all of these values. */
  partition: Partition.optional(),
  window: z.strictObject({ from: CursorText.optional(), to: CursorText.optional() }).optional(),
  overlap: z.enum(['skip', 'queue', 'cancel']).optional(),
});
export type RunCommand = z.infer<typeof RunCommand>;

/** `tidemark.command.cancel.<collector>`: end the named run, or every active run of the collector. */
export const CancelCommand = z.strictObject({ ...trigger, runId: z.uuid().optional() });
export type CancelCommand = z.infer<typeof CancelCommand>;
