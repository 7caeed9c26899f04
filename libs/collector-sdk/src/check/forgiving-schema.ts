import { z } from 'zod';

/** What stands for a setting whose form is wrong. */
export const wrongForm: unique symbol = Symbol('a setting whose form is wrong');

/**
 * A schema that reads what a strict one refuses: a setting whose form is wrong becomes `wrongForm`, one that there is not is left
 * out, and everything around them is read as the strict schema reads it, defaults and all.
 */
export function forgiving(schema: z.core.$ZodType): z.ZodType {
  return inside(schema).catch(wrongForm);
}

/** The same, but itself of the right form: without that, no other form of a setting could be meant. */
function inside(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault) {
    return inside(schema.def.innerType).default(schema.def.defaultValue);
  }
  if (schema instanceof z.ZodPrefault) {
    return inside(schema.def.innerType).prefault(schema.def.defaultValue);
  }
  if (schema instanceof z.ZodOptional) return inside(schema.def.innerType).optional();
  if (schema instanceof z.ZodArray) {
    const { element, checks = [] } = schema.def;
    return z.array(forgiving(element)).check(...(checks as z.core.$ZodCheck<unknown[]>[]));
  }
  if (schema instanceof z.ZodRecord) return z.record(z.string(), forgiving(schema.def.valueType));
  if (schema instanceof z.ZodDiscriminatedUnion) return byKind(schema);
  if (schema instanceof z.ZodUnion) {
    const { options } = schema.def;
    return z.union([...options.map(asType), ...options.map(inside)]);
  }
  if (schema instanceof z.ZodObject) return membersOf(schema);
  return asType(schema);
}

/** Which of several forms is meant, its discriminator says: without that, nothing in it can be read. */
function byKind({ def }: z.ZodDiscriminatedUnion): z.ZodType {
  const { discriminator } = def;
  const [first, ...others] = def.options.flatMap((option) =>
    option instanceof z.ZodObject ? [membersOf(option, discriminator)] : [],
  );
  return first ? z.discriminatedUnion(discriminator, [first, ...others]) : z.never();
}

function membersOf({ shape }: z.ZodObject, discriminator?: string) {
  const members = Object.entries(shape).map(([name, member]) => [
    name,
    name === discriminator ? member : forgiving(member),
  ]);
  return z.object(Object.fromEntries(members) as z.ZodRawShape);
}

function asType(schema: z.core.$ZodType): z.ZodType {
  return schema as z.ZodType;
}
