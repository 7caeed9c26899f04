import { CollectorName } from '@tidemark/contracts';
import { z } from 'zod';
import { Auth } from './auth.ts';
import { Duration, SecretName } from './words.ts';

const common = {
  /** Collectors with the same source name share its rate budget. */
  name: CollectorName,
  /** At most `requests` in each `per`, evenly spaced but for `burst`; shared by all replicas. */
  rate: z
    .strictObject({
      requests: z.number().int().positive(),
      per: Duration,
      burst: z.number().int().positive().default(1),
    })
    .optional(),
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
  /** Statuses, and parts of the body, that mean "wait", beside 429 and 503. */
  throttledBy: z
    .array(z.strictObject({ status: z.number().int(), body: z.string().optional() }))
    .default([]),
});
export type HttpSource = z.infer<typeof HttpSource>;

/** A PostgreSQL database. */
export const PostgresSource = z.strictObject({
  kind: z.literal('postgres'),
  ...common,
  /** The secret that holds the address: `postgres://user:password@host:port/database`. */
  secret: SecretName,
});
export type PostgresSource = z.infer<typeof PostgresSource>;

/** A system that is read. */
export const Source = z.discriminatedUnion('kind', [HttpSource, PostgresSource]);
export type Source = z.infer<typeof Source>;
