import { z } from 'zod';
import { Path } from './words.ts';

/** Asks for years, months or days, the newest always and older ones by their age or the source's own signal. */
export const Periods = z.strictObject({
  kind: z.literal('periods'),
  unit: z.enum(['year', 'month', 'day']),
  from: z.string(),
  /** The newest period; the current one when absent. */
  to: z.string().optional(),
  /** How many of the newest periods are always asked for. */
  recent: z.number().int().positive().default(2),
  maxAgeDays: z.number().int().nonnegative().default(365),
  /** Where the answer tells that the source has changed; unchanged, older periods are not read. */
  signal: Path.optional(),
  /** Periods asked for in one chunk, `{from}` and `{to}` of the request. */
  perChunk: z.number().int().positive().default(100),
});
export type Periods = z.infer<typeof Periods>;
