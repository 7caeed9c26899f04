import { z } from 'zod';
import { dayFormats } from './cursor-format.ts';
import { Identifier, NameTemplate, Path } from './words.ts';

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
  'bigint[]',
  'numeric[]',
  'boolean[]',
  'date[]',
  'timestamptz[]',
  'uuid[]',
  'uuid',
] as const;

/** A column of a target, and where its value is in a record. */
export const Field = z.strictObject({
  /** Where the value is in the record; the field's own name when absent. */
  path: Path.optional(),
  type: z.enum(fieldTypes),
  /** How instants come: ISO 8601 with a zone, or an epoch; and days, as people write them. */
  format: z.enum(['iso', 'epoch-s', 'epoch-ms', 'epoch-us', ...dayFormats]).default('iso'),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

const onChange = ['evolve', 'freeze', 'discard'] as const;

/** What a target does when the records of its source come to look otherwise than declared. */
export const Contract = z.strictObject({
  /**
   * A field of the record itself that no declared field reads: `evolve` adds a column for it, `freeze` rejects the record, `discard` leaves it out.
   */
  columns: z.enum(onChange).default('discard'),
  /**
   * A value that is not of its column's type: `evolve` keeps it in a column of its own, named after the column and the
   * type, `freeze` rejects the record, `discard` leaves it out and counts it.
   */
  types: z.enum(onChange).default('freeze'),
});
export type Contract = z.output<typeof Contract>;

/** A second table, with a row for each element of a list that stands in a record. */
export const Child = z.strictObject({
  /** Where the list is in the record. */
  at: Path,
  /** The target's own when absent. */
  schema: NameTemplate.optional(),
  /** With the same values of the partition in it as the target's name. */
  table: NameTemplate,
  /** Columns that get what the record's own row has: which field of the target each. The whole key is among them. */
  parent: z.record(Identifier, Identifier),
  /** Column that gets the element's place in its list, from 0. */
  position: Identifier.optional(),
  /** Columns that name an element, with those of the record's key. */
  key: z.array(Identifier).min(1),
  /** Columns of an element; paths begin at the element, `$` is the element itself. */
  fields: z.record(Identifier, Field),
  /** Rows whose element is gone from the list of a record. */
  deletions: z.enum(['remove', 'ignore']).default('remove'),
});
export type Child = z.output<typeof Child>;

/** A message carries the text of so many children at most, and a session has a staging table for each. */
const MOST_CHILDREN = 8;

/** The table that records are loaded into. */
export const Target = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('table'),
    schema: NameTemplate.default('public'),
    /** With values of the partition in it, `orders_{client}`, each job has a table of its own. */
    table: NameTemplate,
    key: z.array(Identifier).min(1),
    /** Field whose value orders two contents of a key; without it the later read wins. */
    version: Identifier.optional(),
    fields: z.record(Identifier, Field),
    /** Column for the quality of each record, 0 to 100, by `transform.rules`. */
    quality: Identifier.optional(),
    contract: Contract.optional(),
    children: z.array(Child).min(1).max(MOST_CHILDREN).optional(),
  }),
  /** Every distinct payload once, as it came. */
  z.strictObject({
    kind: z.literal('raw'),
    schema: NameTemplate.default('public'),
    /** With values of the partition in it, `orders_{client}`, each job has a table of its own. */
    table: NameTemplate,
    /** Where a record's reference date is. */
    referenceDate: Path.optional(),
    /** Paths that differ in every answer and do not make a new payload. */
    volatile: z.array(Path).default([]),
    children: z
      .never({ error: 'a raw target keeps each record whole, with its lists; write kind: table' })
      .optional(),
  }),
]);
