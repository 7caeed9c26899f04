import { CollectorName, Partition } from '@tidemark/contracts';
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

const SecretName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the NAME of TIDEMARK_SECRET_<NAME>');

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

export const Source = z.strictObject({
  /** Collectors with the same source name share its rate budget. */
  name: CollectorName,
  baseUrl: z.url({ protocol: /^https?$/ }),
  auth: Auth.default({ kind: 'none' }),
  /** At most `requests` in each `per`, evenly spaced but for `burst`; shared by all replicas. */
  rate: z
    .strictObject({
      requests: z.number().int().positive(),
      per: Duration,
      burst: z.number().int().positive().default(1),
    })
    .optional(),
  timeout: Duration.default('30s'),
  /** How often one request is tried before its page fails. */
  attempts: z.number().int().min(1).max(20).default(5),
  /** Wait before the second attempt; it doubles from there, up to a minute. */
  retryDelay: Duration.default('1s'),
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

export const Request = z.strictObject({
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

export const Paginate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('page'),
    param: z.string().default('page'),
    start: z.number().int().default(1),
    size: z.strictObject({ param: z.string(), value: z.number().int().positive() }).optional(),
    /** Where the answer tells the number of pages; without it an empty or short page is the last one. */
    totalPages: Path.optional(),
    /** Pages asked for at the same time when the total is known. */
    width: z.number().int().min(1).max(32).default(1),
  }),
  z.strictObject({
    kind: z.literal('offset'),
    param: z.string().default('offset'),
    start: z.number().int().default(0),
    size: z.strictObject({ param: z.string(), value: z.number().int().positive() }),
  }),
  z.strictObject({
    kind: z.literal('cursor'),
    param: z.string(),
    /** Where the answer gives the next cursor; null, absent or empty means the last page. */
    next: Path,
  }),
]);

/** How values of the cursor are written in requests. */
export const CursorFormat = z.enum(['iso', 'date', 'epoch-s', 'epoch-ms', 'epoch-us', 'integer']);

/** "Too many" is answered by reading a window of this axis in halves. */
const Split = z.strictObject({
  /** Query parameters of the two ends of a window of the split axis; `to` may be left open. */
  from: z.string(),
  to: z.string(),
  format: CursorFormat.default('iso'),
  /** Where the axis begins. */
  start: z.string(),
  /** First loads and backfills are cut into chunks of this length. */
  size: Duration.optional(),
  /** A window this small is not split again. */
  min: Duration.default('1s'),
  /** An answer that means "too many". */
  when: z.strictObject({ status: z.number().int(), body: z.string() }),
});

export const Incremental = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cursor'),
    /** Field of the target that holds the cursor. */
    field: Identifier,
    unit: z.enum(['time', 'integer']).default('time'),
    /** Query parameters that carry the window's ends. */
    from: z.string(),
    to: z.string().optional(),
    format: CursorFormat.default('iso'),
    /** Where responsibility begins on the first run: a date, an instant or an integer. */
    start: z.string(),
    lookback: Duration.default('0s'),
    /** The newest moments are read but not covered, since rows may still appear in them. */
    settle: Duration.default('0s'),
    split: Split.optional(),
  }),
  z.strictObject({
    kind: z.literal('periods'),
    unit: z.enum(['year', 'month', 'day']),
    from: z.string(),
    /** The newest period; the current one when absent. */
    to: z.string().optional(),
    /** How many of the newest periods are always asked for. */
    recent: z.number().int().positive().default(2),
    maxAgeDays: z.number().int().nonnegative().default(365),
    /** Where the answer tells that the source has changed; unchanged, older periods are not read. */
    signal: Path.optional(),
    /** Periods asked for in one chunk, `{from}` and `{to}` of the request. */
    perChunk: z.number().int().positive().default(100),
  }),
  /** Everything, each time. */
  z.strictObject({ kind: z.literal('full') }),
]);

export const fieldTypes = [
  'text',
  'bigint',
  'numeric',
  'boolean',
  'date',
  'timestamptz',
  'jsonb',
  'text[]',
  'uuid',
] as const;

export const Field = z.strictObject({
  /** Where the value is in the record; the field's own name when absent. */
  path: Path.optional(),
  type: z.enum(fieldTypes),
  /** How instants come: ISO 8601 with a zone, or an epoch. */
  format: z.enum(['iso', 'epoch-s', 'epoch-ms', 'epoch-us']).default('iso'),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

export const Target = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('table'),
    schema: Identifier.default('public'),
    table: Identifier,
    key: z.array(Identifier).min(1),
    /** Field whose value orders two contents of a key; without it the later read wins. */
    version: Identifier.optional(),
    fields: z.record(Identifier, Field),
  }),
  /** Every distinct payload once, as it came. */
  z.strictObject({
    kind: z.literal('raw'),
    schema: Identifier.default('public'),
    table: Identifier,
    /** Where a record's reference date is. */
    referenceDate: Path.optional(),
    /** Paths that differ in every answer and do not make a new payload. */
    volatile: z.array(Path).default([]),
  }),
]);

/** The data part of a collector, as it is written in TypeScript or YAML; `check` adds the rules between fields. */
export const Definition = z.strictObject({
  name: CollectorName,
  description: z.string().default(''),
  source: Source,
  partitions: z.array(Partition).min(1).default([{}]),
  request: Request,
  paginate: Paginate.default({ kind: 'none' }),
  incremental: Incremental,
  /** Name of a function of the registry that changes a record before its fields are read. */
  transform: z.strictObject({ function: z.string() }).optional(),
  target: Target,
  limits: z
    .strictObject({
      /** Pages of this collector that are fetched at the same time, over all replicas and per class. */
      concurrency: z.number().int().min(1).max(64).default(4),
      /** A larger share of rejected records fails the chunk (after 100 records). */
      maxRejects: z.number().min(0).max(1).default(0.2),
    })
    .prefault({}),
  /** What happens to a command while a run is active: one waits, it is skipped, or the active run is cancelled. */
  overlap: z.enum(['skip', 'queue', 'cancel']).default('queue'),
  schedule: z.strictObject({ cron: z.string(), zone: z.string().default('UTC') }).optional(),
});
export type Definition = z.infer<typeof Definition>;
export type DefinitionInput = z.input<typeof Definition>;
