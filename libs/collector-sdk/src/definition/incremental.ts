import { z } from 'zod';
import { Cursor } from './cursor.ts';
import { Periods } from './periods.ts';
import { Snapshot } from './snapshot.ts';
import { Token } from './token.ts';
import { Worklist } from './worklist.ts';

/** How a collector asks only for what changed. */
export const Incremental = z.discriminatedUnion('kind', [
  Cursor,
  Periods,
  Token,
  Worklist,
  Snapshot,
  /** Everything, each time; what vanished stays. */
  z.strictObject({ kind: z.literal('full') }),
]);
