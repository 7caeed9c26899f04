import { z } from 'zod';
import { AddedColumn, MAX_ADDED_COLUMNS } from './added-column.ts';
import { Digest, Digits, Micros, Ordinal, Revision } from '../names.ts';
import { pageOutcomes } from '../words.ts';

/** A batch holds at most this many records and this many bytes of text (before compression). */
export const MAX_BATCH_RECORDS = 2_000;
export const MAX_BATCH_BYTES = 1_048_576;
/** Records, rejects and the children of a target. */
const MAX_SECTIONS = 18;
/** A rejected record keeps at most this much of its text. */
export const MAX_REJECT_BYTES = 65_536;

/** The values of the cursor that were asked for, both ends included; null leaves that end open. */
export const AskedRange = z.object({ from: Digits.nullable(), to: Digits.nullable() });
export type AskedRange = z.infer<typeof AskedRange>;

/** What the headers of a raw or a load batch say; the body holds records only. */
export const BatchHeaders = z.object({
  version: z.number().int().positive(),
  runId: z.uuid(),
  chunkId: Ordinal,
  attempt: Ordinal.min(1),
  seq: Ordinal,
  digest: Digest,
  /** Place of this part in its page, from 0. */
  part: Ordinal,
  parts: Ordinal.min(1),
  outcome: z.enum(pageOutcomes),
  askedAt: Micros,
  revision: Revision,
  records: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
  contentType: z.string(),
  contentEncoding: z.enum(['zstd', 'identity']),
  /** Bytes of each section of the decoded body: the records, in load batches each child of the target, then the rejects. */
  sections: z.array(z.number().int().nonnegative()).min(2).max(MAX_SECTIONS).optional(),
  /** What was asked for, where the chunk has a window. */
  window: AskedRange.optional(),
  /** Load batches: records whose cursor lies outside of it, loaded or rejected. */
  outOfRange: z.number().int().positive().optional(),
  /** Load batches: columns of the COPY text after the declared ones, in its order. */
  columns: z.array(AddedColumn).min(1).max(MAX_ADDED_COLUMNS).optional(),
  /** Load batches: values that a declared column could not take and that were left out, by column. */
  discarded: z.record(z.string(), z.number().int().positive()).optional(),
});
export type BatchHeaders = z.infer<typeof BatchHeaders>;

/** A record that cannot be loaded, on its way to the dead letters. */
export const Reject = z.object({
  /** Place of the record in its part, from 0; null when the whole page or message failed. */
  position: z.number().int().nonnegative().nullable(),
  code: z.string(),
  reason: z.string(),
  /** The record's own text, cut at 64 KiB. */
  payload: z.string(),
});
export type Reject = z.infer<typeof Reject>;

/** The body of a batch with outcome `failed`: an ending on its way to the loader. */
export const Failure = z.object({
  kind: z.enum(['page', 'message']),
  code: z.string(),
  reason: z.string(),
  payload: z.string(),
});
export type Failure = z.infer<typeof Failure>;
