import { z } from 'zod';
import { Duration, Path } from './words.ts';

/** Where an answer's body tells what is left of a quota. */
const RateBody = z.strictObject({
  /** Path of the number of requests that are left. */
  remaining: Path,
  /** Path of the seconds until the quota is whole again. */
  resetsIn: Path,
  /** Path of the entity that the request was counted for. */
  entity: Path.optional(),
});

/** How much a source may be asked; shared by all collectors that name the source, over all replicas. */
export const Rate = z.strictObject({
  /** At most `requests` in each `per`, however the source counts them: evenly spaced, and 3 % (300 ms at most) wider for what is late on its way. */
  requests: z.number().int().positive().optional(),
  per: Duration.optional(),
  /** So many at once after a pause: the size of the source's bucket. 1 where it counts in a window. */
  burst: z.number().int().positive().default(1),
  /** The share of the budget that backfills leave to live collection. */
  reserve: z.number().min(0).max(0.95).default(0),
  /** A page that would wait longer for its turn fails with `RATE_LIMIT_EXCEEDED`; without it there is no limit. */
  maxWait: Duration.optional(),
  /** Template of what has a quota of its own within the source, for example `players` or `{league}`. */
  entity: z.string().min(1).optional(),
  /** Whether `RateLimit-*` and `X-RateLimit-*` headers are heeded; true where `requests` is not declared. */
  headers: z.boolean().optional(),
  body: RateBody.optional(),
});
export type Rate = z.infer<typeof Rate>;
