import { z } from 'zod';

/** A field of a message, as one row of a table shows it. */
export interface FieldRow {
  readonly field: string;
  readonly type: string;
  readonly presence: string;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** The fields of an object schema; those of nested objects follow with dots in their names. */
export function fieldRows(schema: z.ZodType): FieldRow[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }), '');
}

function rowsOf(schema: Schema, prefix: string): FieldRow[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const field = asSchema(value);
    const row = {
      field: `${prefix}${name}`,
      type: typeOf(field),
      presence: presenceOf(field, required.has(name)),
    };
    return [row, ...rowsOf(nestedObject(field), `${row.field}.`)];
  });
}

/** The object whose fields are listed under this one: itself, what an array holds, or what null may replace. */
function nestedObject(schema: Schema): Schema {
  const inside = [schema, schema.items, ...(schema.anyOf ?? [])];
  return inside.filter(isSchema).find((each) => each.properties !== undefined) ?? {};
}

function presenceOf(schema: Schema, isRequired: boolean): string {
  if (schema.default !== undefined) return `default \`${JSON.stringify(schema.default)}\``;
  return isRequired ? 'required' : 'optional';
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((each) => typeOf(asSchema(each))).join(' or ');
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ');
  }
  switch (schema.type) {
    case 'array':
      return arrayType(schema);
    case 'object':
      return objectType(schema);
    case 'integer':
    case 'number':
      return numberType(schema);
    case 'string':
      return stringType(schema);
    case 'boolean':
    case 'null':
    case undefined:
    default:
      return schema.type ?? 'any value';
  }
}

function arrayType(schema: Schema): string {
  if (schema.prefixItems !== undefined) {
    return `array of ${schema.prefixItems.length}: ${schema.prefixItems.map((each) => typeOf(asSchema(each))).join(', ')}`;
  }
  return `array of ${isSchema(schema.items) ? typeOf(schema.items) : 'any value'}`;
}

function objectType(schema: Schema): string {
  if (schema.properties !== undefined || !isSchema(schema.additionalProperties)) return 'object';
  return `object of ${typeOf(schema.additionalProperties)}`;
}

function numberType(schema: Schema): string {
  const name = schema.type === 'integer' ? 'integer' : 'number';
  if (schema.exclusiveMinimum !== undefined) return `${name} > ${schema.exclusiveMinimum}`;
  const isBounded = schema.minimum !== undefined && schema.minimum !== Number.MIN_SAFE_INTEGER;
  return isBounded ? `${name} ≥ ${schema.minimum}` : name;
}

function stringType(schema: Schema): string {
  if (schema.format !== undefined) return schema.format;
  // A bar would end the table's cell.
  if (schema.pattern !== undefined) return `text like \`${schema.pattern.replaceAll('|', '\\|')}\``;
  return 'text';
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}
