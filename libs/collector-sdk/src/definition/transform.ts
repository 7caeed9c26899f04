import { z } from 'zod';
import { Identifier, Path } from './words.ts';

const Number = z.union([z.number(), z.string()]);

const common = {
  /** Field of the target whose value is looked at, before its default. */
  field: Identifier.optional(),
  /** Or a place in the record that no field reads. */
  path: Path.optional(),
  /** `reject` puts the record with the dead letters; `warn` lowers its quality only. */
  severity: z.enum(['reject', 'warn']).default('reject'),
  /** How much it counts in the quality of a record. */
  weight: z.number().positive().max(1_000).default(1),
};

/** What a value of a record must be. All but `notNull` take a value that is absent. */
export const Rule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('notNull'), ...common }),
  /** Numbers, or instants and dates in ISO 8601; both ends belong to it. */
  z.strictObject({
    rule: z.literal('range'),
    min: Number.optional(),
    max: Number.optional(),
    ...common,
  }),
  /** A part of the text matches; `^…$` for the whole. */
  z.strictObject({ rule: z.literal('regex'), pattern: z.string().min(1).max(1_000), ...common }),
  z.strictObject({
    rule: z.literal('oneOf'),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
    ...common,
  }),
  /** Of a text in characters, of a list in elements. */
  z.strictObject({
    rule: z.literal('length'),
    min: z.number().int().nonnegative().optional(),
    max: z.number().int().nonnegative().optional(),
    ...common,
  }),
]);
export type Rule = z.infer<typeof Rule>;

/** Makes a record for each of some members of an object, such as its years. */
export const Unpivot = z.strictObject({
  /** Where the object is; the record itself when absent. */
  at: Path.optional(),
  /** A regular expression of the names of these members: `^\d{4}$`. */
  keys: z.string().min(1).max(1_000),
  /** Under this name each record gets the name of its member. */
  key: z.string().min(1).default('key'),
  /** Under this name it gets the member's value. */
  value: z.string().min(1).default('value'),
  /** Whether a member that is null makes a record. */
  nulls: z.enum(['keep', 'skip']).default('keep'),
});
export type Unpivot = z.infer<typeof Unpivot>;

/** What is done to a record before its fields are read, in this order. */
export const Transform = z.strictObject({
  /** Name of a function of the registry. */
  function: z.string().optional(),
  unpivot: Unpivot.optional(),
  rules: z.array(Rule).max(200).default([]),
});
