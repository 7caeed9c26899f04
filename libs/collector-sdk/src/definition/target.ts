import { z } from 'zod';
import { Identifier, Path } from './words.ts';

/** The types of a target's columns. */
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

/** A column of a target, and where its value is in a record. */
export const Field = z.strictObject({
  /** Where the value is in the record; the field's own name when absent. */
  path: Path.optional(),
  type: z.enum(fieldTypes),
  /** How instants come: ISO 8601 with a zone, or an epoch. */
  format: z.enum(['iso', 'epoch-s', 'epoch-ms', 'epoch-us']).default('iso'),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

/** The table that records are loaded into. */
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
