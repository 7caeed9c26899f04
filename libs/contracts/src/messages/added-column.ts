import { z } from 'zod';

/** The types that a value can tell of itself. */
export const addedTypes = ['boolean', 'bigint', 'numeric', 'timestamptz', 'text', 'jsonb'] as const;
export type AddedType = (typeof addedTypes)[number];

/** A part has at most so many columns beyond the declared ones: its headers must stay small. */
export const MAX_ADDED_COLUMNS = 100;
/** Longer names are no names of fields. */
export const MAX_FIELD_NAME = 128;

/**
 * A column of a load batch beyond the declared ones: a field of the records that nobody declared, or the values of a
 * declared column that are not of its type. The loader finds its place in the target.
 */
export const AddedColumn = z.object({
  kind: z.enum(['field', 'variant']),
  /** The field's name as the source writes it, or that of the declared column. */
  name: z.string().max(MAX_FIELD_NAME),
  type: z.enum(addedTypes),
});
export type AddedColumn = z.infer<typeof AddedColumn>;

/** Columns as a header has them; names may hold any character. */
export function writeAddedColumns(columns: readonly AddedColumn[]): string {
  return columns
    .map(({ kind, name, type }) => `${kind}:${encodeURIComponent(name)}:${type}`)
    .join(',');
}

/** The columns of a header, to be validated by their schema. */
export function readAddedColumns(text: string): unknown[] {
  return text.split(',').map((entry) => {
    const [kind, name = '', type, ...rest] = entry.split(':');
    return rest.length > 0 ? undefined : { kind, name: decode(name), type };
  });
}

/** Undefined for what is no encoded text. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
