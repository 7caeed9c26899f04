import { z } from 'zod';
import { Path } from './words.ts';

/** Asks for what changed since a token that the source gave with its last answer and only the source can read. */
export const Token = z.strictObject({
  kind: z.literal('token'),
  /** Query parameter that carries the token; absent on the first run. */
  param: z.string(),
  /** Where the last page gives the token for the next run. */
  next: Path,
});
export type Token = z.infer<typeof Token>;
