import { z } from 'zod';
import { Cursor } from './cursor.ts';
import { Periods } from './periods.ts';

/** How a collector asks only for what changed. */
export const Incremental = z.discriminatedUnion('kind', [
  Cursor,
  Periods,
  /** Everything, each time. */
  z.strictObject({ kind: z.literal('full') }),
]);
