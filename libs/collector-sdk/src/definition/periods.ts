import { z } from 'zod';
import { dayFormats } from './cursor-format.ts';
import { Duration, Path, Zone } from './words.ts';

/** How often the newest periods are asked for. */
const Cadence = z.strictObject({
  /** They are due when their last success is this old. */
  every: Duration,
  /** So many of the newest periods; all when absent. */
  newest: z.number().int().positive().optional(),
});
export type Cadence = z.infer<typeof Cadence>;

/** Asks for years, quarters, months, weeks or days, each by its own last success or the source's own signal. */
export const Periods = z.strictObject({
  kind: z.literal('periods'),
  unit: z.enum(['year', 'quarter', 'month', 'week', 'day']),
  from: z.string(),
  /** The newest period; the current one when absent. */
  to: z.string().optional(),
  /** How late the source has a period: newer ones are not asked for yet. */
  delay: Duration.default('0s'),
  /** The zone in which a period begins. */
  zone: Zone.default('UTC'),
  /** How `{first_day}` and `{last_day}` of the request are written. */
  format: z.enum(dayFormats).default('date'),
  /** How many of the newest periods are always asked for; 2 when absent. */
  recent: z.number().int().positive().optional(),
  /** Older ones are asked for when their last success is older than this; 365 when absent. */
  maxAgeDays: z.number().int().nonnegative().optional(),
  /** Instead of `recent` and `maxAgeDays`: how often the newest periods are asked for, and how often the others. */
  cadences: z.array(Cadence).min(1).optional(),
  /** Where the answer tells that the source has changed; unchanged, older periods are not read. */
  signal: Path.optional(),
  /** Periods asked for in one chunk, `{from}` and `{to}` of the request. */
  perChunk: z.number().int().positive().default(100),
});
export type Periods = z.infer<typeof Periods>;
