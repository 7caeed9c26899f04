import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The schema of what may differ from an object of a schema: nothing is required, null takes away what may be absent, and
 * nested objects differ likewise. Lists are replaced as a whole, so their elements stay complete.
 */
export function toDifference(schema: Schema): Schema {
  const { required = [], default: _, oneOf, properties, additionalProperties, ...rest } = schema;
  const difference: Schema = { ...rest };
  // Without its kind, an object may fit several of its kinds.
  if (oneOf) difference.anyOf = oneOf.map((each) => toDifference(asSchema(each)));
  if (properties) {
    difference.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const differing = toDifference(asSchema(property));
        return [name, required.includes(name) ? differing : orNull(differing)];
      }),
    );
  }
  if (additionalProperties !== undefined) {
    difference.additionalProperties =
      typeof additionalProperties === 'object'
        ? orNull(toDifference(additionalProperties))
        : additionalProperties;
  }
  return difference;
}

function orNull({ description, ...schema }: Schema): Schema {
  const either: Schema = { anyOf: [schema, { type: 'null' }] };
  return description === undefined ? either : { description, ...either };
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
