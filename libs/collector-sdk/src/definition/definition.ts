import { CollectorName } from '@tidemark/contracts';
import { z } from 'zod';
import { Incremental } from './incremental.ts';
import { Limits } from './limits.ts';
import { Paginate } from './paginate.ts';
import { Partitions } from './partitions.ts';
import { HttpRequest, Request, SqlRequest } from './request.ts';
import { HttpSource, PostgresSource, Source } from './source.ts';
import { Target } from './target.ts';
import { Transform } from './transform.ts';

/** The data part of a collector, as it is written in TypeScript or YAML; `check` adds the rules between fields. */
export const Definition = z.strictObject({
  name: CollectorName,
  description: z.string().default(''),
  source: Source,
  partitions: Partitions,
  request: Request,
  paginate: Paginate.default({ kind: 'none' }),
  incremental: Incremental,
  transform: Transform.optional(),
  target: Target,
  limits: Limits,
  /** What happens to a command while a run is active: one waits, it is skipped, or the active run is cancelled. */
  overlap: z.enum(['skip', 'queue', 'cancel']).default('queue'),
  schedule: z.strictObject({ cron: z.string(), zone: z.string().default('UTC') }).optional(),
});
export type Definition = z.infer<typeof Definition>;
export type DefinitionInput = z.input<typeof Definition>;

/** A definition whose source is an HTTP API. */
export const HttpDefinition = Definition.extend({ source: HttpSource, request: HttpRequest });
export type HttpDefinition = z.infer<typeof HttpDefinition>;
export type HttpDefinitionInput = z.input<typeof HttpDefinition>;

/** Whether a checked definition reads an HTTP API. */
export function isHttp(definition: Definition): definition is HttpDefinition {
  return definition.source.kind === 'http' && definition.request.kind === 'http';
}

/** A definition whose source is a PostgreSQL database. */
export const SqlDefinition = Definition.extend({ source: PostgresSource, request: SqlRequest });
export type SqlDefinition = z.infer<typeof SqlDefinition>;
export type SqlDefinitionInput = z.input<typeof SqlDefinition>;

/** Whether a checked definition reads a PostgreSQL database. */
export function isSql(definition: Definition): definition is SqlDefinition {
  return definition.source.kind === 'postgres' && definition.request.kind === 'sql';
}
