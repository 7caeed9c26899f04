import { z } from 'zod';
import { CursorFormat } from './cursor-format.ts';
import { Duration, Identifier } from './words.ts';

/** "Too many" is answered by reading a window of this axis in halves. */
const Split = z.strictObject({
  /** Query parameters of the two ends of a window of the split axis; `to` may be left open. */
  from: z.string(),
  to: z.string(),
  format: CursorFormat.default('iso'),
  /** Where the axis begins. */
  start: z.string(),
  /** First loads and backfills are cut into chunks of this length. */
  size: Duration.optional(),
  /** A window this small is not split again. */
  min: Duration.default('1s'),
  /** An answer that means "too many". */
  when: z.strictObject({ status: z.number().int(), body: z.string() }),
});

/** Asks for what changed since the watermark, by a field that orders changes in the source. */
export const Cursor = z.strictObject({
  kind: z.literal('cursor'),
  /** Field of the target that holds the cursor. */
  field: Identifier,
  unit: z.enum(['time', 'integer']).default('time'),
  /** Query parameters that carry the window's ends. */
  from: z.string(),
  to: z.string().optional(),
  format: CursorFormat.default('iso'),
  /** Where responsibility begins on the first run: a date, an instant or an integer. */
  start: z.string(),
  lookback: Duration.default('0s'),
  /** The newest moments are read but not covered, since rows may still appear in them. */
  settle: Duration.default('0s'),
  split: Split.optional(),
});
export type Cursor = z.infer<typeof Cursor>;
