import { z } from 'zod';
import { Path } from './words.ts';

/** How the pages of an answer follow each other. */
export const Paginate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('page'),
    param: z.string().default('page'),
    start: z.number().int().default(1),
    size: z.strictObject({ param: z.string(), value: z.number().int().positive() }).optional(),
    /** Where the answer tells the number of pages; without it an empty or short page is the last one. */
    totalPages: Path.optional(),
    /** Pages asked for at the same time when the total is known. */
    width: z.number().int().min(1).max(32).default(1),
  }),
  z.strictObject({
    kind: z.literal('offset'),
    param: z.string().default('offset'),
    start: z.number().int().default(0),
    size: z.strictObject({ param: z.string(), value: z.number().int().positive() }),
  }),
  z.strictObject({
    kind: z.literal('cursor'),
    param: z.string(),
    /** Where the answer gives the next cursor; null, absent or empty means the last page. */
    next: Path,
  }),
]);
