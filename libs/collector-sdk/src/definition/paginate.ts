import { z } from 'zod';
import { Path } from './words.ts';

/** What paging reads of an answer: a path in its body, or a header. */
export const Told = z.union([Path, z.strictObject({ header: z.string().min(1) })]);
export type Told = z.infer<typeof Told>;

const Size = z.strictObject({ param: z.string(), value: z.number().int().positive() });

const Rereads = z.number().int().min(0).max(20).default(3);

/** Records came or went while a window was paged, so that others moved from page to page: noticed by its total. */
const DriftByTotal = z.strictObject({
  by: z.literal('total'),
  /** How often a window that changed is read again before its chunk fails. */
  rereads: Rereads,
});

/** The same, noticed by asking for the last records of the page before once more: they must be there. */
const DriftByOverlap = z.strictObject({
  by: z.literal('overlap'),
  /** So many records of the page before. */
  records: z.number().int().min(1).max(100).default(2),
  rereads: Rereads,
});

const guards = {
  /** A chunk with more pages than this fails. */
  maxPages: z.number().int().positive().default(100_000),
  /** How far the source lets one question be paged; what lies deeper is asked for in halves of the window. */
  maxDepth: z
    .strictObject({
      records: z.number().int().positive().optional(),
      pages: z.number().int().positive().optional(),
    })
    .optional(),
};

const counting = {
  /** Where the answer tells the number of records of all pages. */
  totalRecords: Told.optional(),
  /** Where the answer tells whether more follows. */
  more: Told.optional(),
  /** What the last page is, where nothing else tells it: one with fewer records, one without any, or the same one again. */
  until: z.enum(['short', 'empty', 'repeat']).default('short'),
  /** Pages asked for at the same time when the total is known. */
  width: z.number().int().min(1).max(32).default(1),
  ...guards,
};

/** How the pages of an answer follow each other. */
export const Paginate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('page'),
    param: z.string().default('page'),
    start: z.number().int().default(1),
    size: Size.optional(),
    /** Where the answer tells the number of pages. */
    totalPages: Told.optional(),
    ...counting,
    drift: DriftByTotal.optional(),
  }),
  z.strictObject({
    kind: z.literal('offset'),
    param: z.string().default('offset'),
    start: z.number().int().default(0),
    size: Size,
    ...counting,
    drift: z.discriminatedUnion('by', [DriftByTotal, DriftByOverlap]).optional(),
  }),
  z.strictObject({
    kind: z.literal('cursor'),
    param: z.string(),
    size: Size.optional(),
    /** Where the answer gives the next cursor; null, absent or empty means the last page. */
    next: Told,
    /** Where the answer tells whether more follows, if it gives a cursor on the last page too. */
    more: Told.optional(),
    ...guards,
  }),
  z.strictObject({
    kind: z.literal('keyset'),
    /** Parameters of what a page follows, and where in the last record of the page before their values are. */
    after: z.record(z.string().min(1), Path),
    size: Size.optional(),
    /** Where the answer tells whether more follows. */
    more: Told.optional(),
    /** What the last page is, where nothing tells it: one with fewer records, or one without any. */
    until: z.enum(['short', 'empty']).default('short'),
    ...guards,
  }),
  z.strictObject({
    kind: z.literal('next-url'),
    size: Size.optional(),
    /** Where the answer gives the address of the next page, absolute or relative; null, absent or empty means the last page. */
    next: Told,
    ...guards,
  }),
  z.strictObject({
    kind: z.literal('link'),
    size: Size.optional(),
    /** The relation of the next page in the `Link` header. */
    rel: z.string().default('next'),
    ...guards,
  }),
]);
export type Paginate = z.infer<typeof Paginate>;
