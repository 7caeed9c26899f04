import { z } from 'zod';
import { SecretName } from './words.ts';

/** How requests of a source say who asks. */
export const Auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('bearer'), secret: SecretName }),
  /** A key in a header or in the query. */
  z.strictObject({
    kind: z.literal('api-key'),
    in: z.enum(['header', 'query']),
    name: z.string().min(1),
    secret: SecretName,
  }),
  /** `secret` holds `user:password`. */
  z.strictObject({ kind: z.literal('basic'), secret: SecretName }),
]);
