import { z } from 'zod';
import { SecretName } from './words.ts';

/** An access token by the client credentials of OAuth 2.0, got again before it ends and when it is refused. */
export const OAuth2 = z.strictObject({
  kind: z.literal('oauth2'),
  /** Where the token is asked for; on another host than `baseUrl` too, when the secret is bound to both. */
  tokenUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  /** The client's secret. */
  secret: SecretName,
  /** How the client says who it is: in the `Authorization` header, or in the body. */
  client: z.enum(['basic', 'body']).default('basic'),
  scope: z.string().min(1).optional(),
  /** Further parameters of the token request, such as `audience`. */
  parameters: z.record(z.string(), z.string()).default({}),
});
export type OAuth2 = z.infer<typeof OAuth2>;

/** Several tokens with a quota each: a request takes the one that may go first. */
export const Tokens = z.strictObject({
  kind: z.literal('tokens'),
  secrets: z.array(SecretName).min(1).max(64),
  in: z.enum(['bearer', 'header', 'query']).default('bearer'),
  /** Of the header or the query parameter. */
  name: z.string().min(1).optional(),
});
export type Tokens = z.infer<typeof Tokens>;

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
  OAuth2,
  Tokens,
]);
export type Auth = z.infer<typeof Auth>;
