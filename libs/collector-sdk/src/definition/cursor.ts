import { z } from 'zod';
import { CursorFormat } from './cursor-format.ts';
import { ColumnName, Duration, Identifier, Length, Zone } from './words.ts';

const splitting = {
  /** A window this small is not split again; a window of days is never smaller than one day. */
  min: Duration.default('1s'),
  /** An answer that means "too many": its status, and a part of its text. */
  when: z.strictObject({ status: z.number().int(), body: z.string() }).optional(),
};

/** "Too many" is answered by reading a window of another axis in halves. */
const SplitOther = z.strictObject({
  axis: z.literal('other').default('other'),
  /** Query parameters of the two ends of a window of the split axis. */
  from: z.string(),
  to: z.string(),
  format: CursorFormat.default('iso'),
  /** Where the axis begins. */
  start: z.string(),
  /** First loads and backfills are cut into chunks of this length. */
  size: Duration.optional(),
  ...splitting,
});

/** "Too many" is answered by reading the window of the cursor itself in halves. */
const SplitCursor = z.strictObject({ axis: z.literal('cursor'), ...splitting });

/** Asks for what changed since the watermark, by a field that orders changes in the source. */
export const Cursor = z.strictObject({
  kind: z.literal('cursor'),
  /** Field of the target that holds the cursor. */
  field: Identifier,
  unit: z.enum(['time', 'integer']).default('time'),
  /** Query parameters that carry the window's ends; a query to a database has none. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Databases: a column that tells rows of the same cursor apart, so that a page may end between them. */
  tie: ColumnName.optional(),
  /**
   * What becomes of records without a cursor: loaded (`include`, what an API's are by itself), rejected, put aside as dead
   * letters, or never read (`skip`, what a database's are by itself; an API sends what it sends).
   */
  nulls: z.enum(['include', 'reject', 'quarantine', 'skip']).optional(),
  /** What becomes of records whose cursor lies outside of what was asked for; they are counted in any case. */
  outOfRange: z.enum(['load', 'reject']).default('load'),
  format: CursorFormat.default('iso'),
  /** The zone of days and local times, in requests and in this definition. */
  zone: Zone.default('UTC'),
  /** Where responsibility begins on the first run: a date, an instant or an integer. */
  start: z.string(),
  /** How much of the recent past is read again. */
  lookback: Length.default('0s'),
  /** The newest moments are read but not covered, since rows may still appear in them. */
  settle: Duration.default('0s'),
  /** No request asks for a longer window: what is longer is cut into chunks, the newest first. */
  size: Length.optional(),
  /** Integers: a value further than this above all others is an outlier, which covers nothing; 1,000,000 when absent. */
  maxStep: z.number().int().positive().optional(),
  split: z.discriminatedUnion('axis', [SplitOther, SplitCursor]).optional(),
});
export type Cursor = z.infer<typeof Cursor>;
