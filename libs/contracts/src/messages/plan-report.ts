import { z } from 'zod';
import { runModes } from '../words.ts';

const PlannedChunkReport = z.object({
  chunk_id: z.number(),
  /** Key of the partition. */
  partition: z.string(),
  /** Ends of the window, as people write them; null where it is open or there is none. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Periods or ids that are asked for. */
  items: z.array(z.string()),
});

/** What a run would ask for, as the command `plan` answers it. */
export const PlanReport = z.object({
  collector_name: z.string(),
  mode: z.enum(runModes),
  watermark_from: z.string().nullable(),
  chunks_planned: z.number(),
  /** The first of them to be read; `chunks_planned` tells how many there are. */
  chunks: z.array(PlannedChunkReport),
  /** Requests that are expected: as many for each chunk as earlier runs needed, at least one each. */
  requests: z.number(),
  /** How many earlier runs that is taken from; 0 means that nothing but the number of chunks is known. */
  runs_compared: z.number(),
  /** How long it is expected to take; null when neither earlier runs nor a declared rate can tell. */
  seconds: z.number().nullable(),
  /** The declared rate of the source, and how many of its periods the requests need. */
  quota: z.object({ requests: z.number(), per: z.string(), periods: z.number() }).nullable(),
});
export type PlanReport = z.infer<typeof PlanReport>;
