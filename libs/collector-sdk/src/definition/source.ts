import { CollectorName } from '@tidemark/contracts';
import { z } from 'zod';
import { Auth } from './auth.ts';
import { Rate } from './rate.ts';
import { Duration, SecretName } from './words.ts';

const common = {
  /** Collectors with the same source name share its rate budget. */
  name: CollectorName,
  /** How much the source may be asked. */
  rate: Rate.optional(),
  /** Of one request with its whole answer. */
  timeout: Duration.default('30s'),
  /** How often one request is tried before its page fails. */
  attempts: z.number().int().min(1).max(20).default(5),
  /** Wait before the second attempt; it doubles from there, up to a minute. */
  retryDelay: Duration.default('1s'),
};

/** An HTTP API. */
export const HttpSource = z.strictObject({
  kind: z.literal('http').default('http'),
  ...common,
  baseUrl: z.url({ protocol: /^https?$/ }),
  auth: Auth.default({ kind: 'none' }),
  maxResponseBytes: z
    .number()
    .int()
    .positive()
    .max(64 * 1024 * 1024)
    .default(8 * 1024 * 1024),
});
export type HttpSource = z.infer<typeof HttpSource>;

/** A PostgreSQL database. */
export const PostgresSource = z.strictObject({
  kind: z.literal('postgres'),
  ...common,
  /** The secret that holds the address: `postgres://user:password@host:port/database?sslmode=…`. */
  secret: SecretName,
  /** Whether the connection is encrypted, and the server's certificate verified; the stricter of this and `sslmode` counts. */
  tls: z.enum(['off', 'require', 'verify']).optional(),
  /** Connections that one extractor opens at most, for all collectors of the source together. */
  connections: z.number().int().min(1).max(32).default(2),
  /** A connection that is not used for so long is closed. */
  idleTimeout: Duration.default('10s'),
});
export type PostgresSource = z.infer<typeof PostgresSource>;

/** A system that is read. */
export const Source = z.discriminatedUnion('kind', [HttpSource, PostgresSource]);
export type Source = z.infer<typeof Source>;
