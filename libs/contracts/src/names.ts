import { z } from 'zod';

/** A collector's name is one token of a subject and part of a consumer's name. */
export const CollectorName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'lower-case letters, digits, - and _, at most 32');

export const Revision = z.string().regex(/^[0-9a-f]{16}$/);
export const Digest = z.string().regex(/^[0-9a-f]{16}$/);

/** Digits of a whole number: microseconds since 1970 UTC for time, the number itself for integers. */
export const Digits = z.string().regex(/^-?\d{1,30}$/);

/** PostgreSQL's clock in microseconds since 1970 UTC, as digits. */
export const Micros = z.string().regex(/^\d{1,17}$/);

/** A place in an order, as PostgreSQL's `integer` holds it. */
export const Ordinal = z.number().int().min(0).max(2_147_483_647);
