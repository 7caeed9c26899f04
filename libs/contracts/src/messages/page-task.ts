import { z } from 'zod';
import { CollectorName, Digest, Digits, Micros, Ordinal, Revision } from '../names.ts';
import { runClasses } from '../words.ts';

/** Values that a partition is run for, for example `{ "indicator": "SP.POP.TOTL" }`. */
export const Partition = z.record(
  z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/),
  z.union([z.string(), z.number(), z.boolean()]),
);
export type Partition = z.infer<typeof Partition>;

/** A half-open window `[from, to)` in microseconds or integers; null leaves that end open. */
export const Window = z.object({ from: Digits.nullable(), to: Digits.nullable() });
export type Window = z.infer<typeof Window>;

/** What the pages of a window leave to the next one, so that loops, drift and depth are noticed. */
export const Trail = z.object({
  /** Pages and records of this window before this page. */
  pages: Ordinal,
  records: Ordinal,
  /** How often the window was begun again because it changed while it was paged. */
  rereads: Ordinal,
  /** Digest of the page before; in a stride, of page 0. */
  after: Digest.optional(),
  /** One earlier page, remembered for longer each time: whoever meets it again goes round in circles. */
  mark: z.object({ content: Digest, place: Digest }).optional(),
  /** Records on the first page, where the source gave fewer than were asked for. */
  size: Ordinal.optional(),
  /** What the first page told as the total. */
  total: Ordinal.optional(),
  /** Names of the last records of the page before. */
  tail: z.array(z.string()).optional(),
});
export type Trail = z.infer<typeof Trail>;

/** Where in a chunk one page is: what changes from page to page. */
export const PagePlace = z.object({
  seq: Ordinal,
  /** The paginator's own place, for example `{ "page": 3 }`; empty for the first page of a window. */
  place: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Windows of the split axis that are still to be read, the current one first; empty when nothing is split. */
  windows: z.array(Window),
  /** What the chunk will cover at most, fixed by page 0 from the source's clock; null before page 0 and without a cursor. */
  bound: Digits.nullable(),
  /** Set when the total is known: the page `seq + width` follows while it is below `total`; places are `step` apart. */
  stride: z
    .object({
      width: z.number().int().positive(),
      total: z.number().int().positive(),
      step: z.number().int().positive().optional(),
    })
    .nullable(),
  trail: Trail.optional(),
});
export type PagePlace = z.infer<typeof PagePlace>;

/** What all pages of a chunk have in common. */
export const ChunkTask = z.object({
  v: z.literal(1),
  runId: z.uuid(),
  chunkId: Ordinal,
  attempt: Ordinal.min(1),
  collector: CollectorName,
  runClass: z.enum(runClasses),
  revision: Revision,
  partition: Partition,
  /** The window of the cursor that this chunk asks for; null when the collector has none. */
  cursor: Window.nullable(),
  /** Keys of the periods or ids that this chunk asks for. */
  items: z.array(z.string()),
  /** The source's signal at the last success of these items; when page 0 sees the same one, nothing is read. */
  signal: z.string().nullable(),
  /** PostgreSQL's clock when the run was planned, for parameters such as "today". */
  plannedAt: Micros,
});
export type ChunkTask = z.infer<typeof ChunkTask>;

/** One page to fetch. Subject `tidemark.extract.<class>.<collector>.<run>`, id `t.<run>.<chunk>.<attempt>.<seq>`. */
export const PageTask = ChunkTask.extend({ page: PagePlace });
export type PageTask = z.infer<typeof PageTask>;
