import { z } from 'zod';
import { Path } from './words.ts';

/** A request to an HTTP API. */
export const HttpRequest = z.strictObject({
  kind: z.literal('http').default('http'),
  method: z.enum(['GET', 'POST']).default('GET'),
  /** URI template (RFC 6570) below the base URL; its variables are listed in docs/collectors.md. */
  path: z.string().startsWith('/'),
  /** Values are URI templates too; a parameter whose variables are all undefined is left out. */
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  /** Where the records are in the answer. */
  records: Path.default('$'),
  /** Where the answer tells that it is an error although the status is 200: present means error. */
  errorAt: Path.optional(),
});
export type HttpRequest = z.infer<typeof HttpRequest>;

/** A query to a database. */
export const SqlRequest = z.strictObject({
  kind: z.literal('sql'),
  sql: z.string().min(1),
});
export type SqlRequest = z.infer<typeof SqlRequest>;

/** What is asked of a source. */
export const Request = z.discriminatedUnion('kind', [HttpRequest, SqlRequest]);
