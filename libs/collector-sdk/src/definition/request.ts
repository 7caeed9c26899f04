import { z } from 'zod';
import { Duration, Path } from './words.ts';

/** What is done with an answer, by its status and body; the first rule that matches counts, before everything else. */
export const AnswerRule = z.strictObject({
  status: z.number().int().min(100).max(599).optional(),
  /** A part of the text, together with a status: records may hold any text. */
  body: z.string().min(1).optional(),
  /** A path in the JSON body: something is there, or just this `value`. */
  at: Path.optional(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  action: z.enum(['fail', 'retry', 'ignore', 'throttle', 'split', 'refresh-token']),
  /** How long to wait before the request is sent again, where the answer does not say. */
  wait: Duration.optional(),
});
export type AnswerRule = z.infer<typeof AnswerRule>;

/** How the text of an answer is read. */
const Decoder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('json') }),
  /** One JSON value on each line. */
  z.strictObject({ kind: z.literal('ndjson') }),
  /** RFC 4180 with a header row: values are texts, an empty one is null. */
  z.strictObject({
    kind: z.literal('csv'),
    separator: z.string().length(1).default(','),
    quote: z.string().length(1).default('"'),
  }),
]);

/** Something that each record of an answer gets beside what it has: from around the records, or from the partition. */
const Attached = z.union([
  z.strictObject({ at: Path }),
  z.strictObject({ partition: z.string().min(1) }),
]);

/** A request to an HTTP API. */
export const HttpRequest = z.strictObject({
  kind: z.literal('http').default('http'),
  method: z.enum(['GET', 'POST']).default('GET'),
  /** URI template (RFC 6570) below the base URL; its variables are listed in docs/collectors.md. */
  path: z.string().startsWith('/'),
  /** Values are URI templates too; a parameter whose variables are all undefined is left out. */
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  decoder: Decoder.default({ kind: 'json' }),
  /** Where the records are in the answer. */
  records: Path.default('$'),
  /** `columns`: an array for each field, all of one length, instead of an array of records. */
  shape: z.enum(['rows', 'columns']).default('rows'),
  /** What each record gets under these names. */
  attach: z.record(z.string().min(1), Attached).default({}),
  /** Where the answer tells that it is an error although the status is 200: present means error. */
  errorAt: Path.optional(),
  answers: z.array(AnswerRule).default([]),
  /** Asks for an answer only if it has changed (`ETag`, `Last-Modified`); an unchanged one counts as read. */
  conditional: z
    .strictObject({
      /** A cursor's window begins at a multiple of this, so that the same question is asked for so long. */
      round: Duration.default('0s'),
    })
    .optional(),
});
export type HttpRequest = z.infer<typeof HttpRequest>;

/** A query to a database. */
export const SqlRequest = z.strictObject({
  kind: z.literal('sql'),
  /** One `select`, without paging and without the window: both are put around it. `{name}` is a value of the partition. */
  sql: z.string().min(1),
  /** Rows of one page. */
  size: z.number().int().min(1).max(10_000).default(1_000),
  /** The zone of `timestamp` columns without one, such as Europe/Berlin. */
  zone: z.string().optional(),
});
export type SqlRequest = z.infer<typeof SqlRequest>;

/** What is asked of a source. */
export const Request = z.discriminatedUnion('kind', [HttpRequest, SqlRequest]);
