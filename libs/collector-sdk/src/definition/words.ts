import { z } from 'zod';

/** `500ms`, `30s`, `10m`, `2h`, `7d`: a length of time. */
export const Duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'a length of time such as 500ms, 30s, 10m, 2h or 7d');

/** A length on the axis of a cursor: of time, or a number of units where the cursor is an integer. */
export const Length = z.union([Duration, z.number().int().nonnegative()]);
export type Length = z.infer<typeof Length>;

/** A time zone with a history, such as `America/Sao_Paulo`. */
export const Zone = z.string().min(1).max(64);

/** Dots between the keys of nested objects; a number is a place in an array: `geometry.coordinates.0`. `$` is the whole. */
export const Path = z.string().min(1).max(200);

/** A name in PostgreSQL that needs no quotes and cannot inject. */
export const Identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _, at most 63');

/** A name in PostgreSQL that may hold values of the partition: `orders_{client}` makes a table for each client. */
export const NameTemplate = z
  .string()
  .regex(
    /^(?:[a-z_]|\{[a-zA-Z_][a-zA-Z0-9_]*\})(?:[a-z0-9_]|\{[a-zA-Z_][a-zA-Z0-9_]*\})*$/,
    'lower-case letters, digits, _ and {values} of the partition',
  )
  .max(200);

/** A column of a query, as PostgreSQL spells it. */
export const ColumnName = z.string().min(1).max(63);

/** Names the variable `TIDEMARK_SECRET_<NAME>` of the extractor. */
export const SecretName = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'must be the NAME of TIDEMARK_SECRET_<NAME>: capitals, digits and _, a letter first',
  );
