import { z } from 'zod';

/** `500ms`, `30s`, `10m`, `2h`, `7d`: a length of time. */
export const Duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'a length of time such as 500ms, 30s, 10m, 2h or 7d');

/** Dots between the keys of nested objects; a number is a place in an array: `geometry.coordinates.0`. `$` is the whole. */
export const Path = z.string().min(1).max(200);

/** A name in PostgreSQL that needs no quotes and cannot inject. */
export const Identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _, at most 63');

/** Names the variable `TIDEMARK_SECRET_<NAME>` of the extractor. */
export const SecretName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'the NAME of TIDEMARK_SECRET_<NAME>');
