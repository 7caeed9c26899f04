import { z } from 'zod';
import { CollectorName } from '../names.ts';
import { chunkStatuses, runClasses, runStatuses } from '../words.ts';

/** `tidemark.event.command.<collector>`: the answer to a command, also a row of `tidemark.commands`. */
export const CommandEvent = z.object({
  v: z.literal(1),
  commandId: z.uuid(),
  verb: z.string(),
  collector: z.string(),
  outcome: z.enum(['accepted', 'queued', 'skipped', 'refused']),
  reasons: z.array(z.string()),
  runId: z.uuid().nullable(),
});
export type CommandEvent = z.infer<typeof CommandEvent>;

/** `tidemark.event.run.<collector>`: a run was planned or has ended. */
export const RunEvent = z.object({
  v: z.literal(1),
  runId: z.uuid(),
  collector: CollectorName,
  runClass: z.enum(runClasses),
  status: z.enum(runStatuses),
});
export type RunEvent = z.infer<typeof RunEvent>;

/** `tidemark.event.chunk.<collector>`: a chunk has ended; a hint to release the next. */
export const ChunkEvent = z.object({
  v: z.literal(1),
  runId: z.uuid(),
  chunkId: z.number().int().nonnegative(),
  collector: CollectorName,
  status: z.enum(chunkStatuses),
});
export type ChunkEvent = z.infer<typeof ChunkEvent>;

/** `tidemark.event.database.postgres`: the database is an earlier one than before; a row of `tidemark.restores`. */
export const DatabaseEvent = z.object({
  v: z.literal(1),
  kind: z.enum(['rewound', 'replaced']),
  /** What the database holds reaches up to about this moment. */
  restoredTo: z.iso.datetime({ precision: 6 }),
  /** What was done between that moment and this one is not known any more. */
  seenUntil: z.iso.datetime({ precision: 6 }),
});
export type DatabaseEvent = z.infer<typeof DatabaseEvent>;
