import { z } from 'zod';

/** How much of a collector is done at a time, and what it may get wrong. */
export const Limits = z
  .strictObject({
    /** Pages of this collector that are fetched at the same time, over all replicas and per class. */
    concurrency: z.number().int().min(1).max(64).default(4),
    /** What one request of this collector costs in the source's rate budget. */
    weight: z.number().positive().max(10_000).default(1),
    /** A larger share of rejected records fails the chunk, after 100 records; a smaller chunk only when all of its records are. */
    maxRejects: z.number().min(0).max(1).default(0.2),
  })
  .prefault({});
