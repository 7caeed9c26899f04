import { z } from 'zod';

const RehearsalSample = z.object({
  kind: z.enum(['inserted', 'updated']),
  /** Values are PostgreSQL's texts: they keep every digit. */
  key: z.record(z.string(), z.string().nullable()),
  /** By column: what the target holds, what the run would write. */
  changes: z.record(
    z.string(),
    z.object({ old: z.string().nullable(), new: z.string().nullable() }),
  ),
});

/** What a rehearsal found: rows of the target that the run would have touched. */
export const RehearsalReport = z.object({
  rows_inserted: z.number(),
  rows_updated: z.number(),
  rows_unchanged: z.number(),
  samples: z.array(RehearsalSample),
  /** Why it could not be compared; the counts are 0 then. */
  error: z.string().optional(),
});
export type RehearsalReport = z.infer<typeof RehearsalReport>;
