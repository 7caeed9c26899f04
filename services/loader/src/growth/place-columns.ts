import type { Contract } from '@tidemark/collector-sdk';
import type { AddedColumn, AddedType } from '@tidemark/contracts';
import type { TargetColumn } from '@tidemark/store';

/** A target gets at most so many columns beyond the declared ones; PostgreSQL itself ends at a few hundred. */
export const MAX_GROWTH = 200;

/** What becomes of the values of one column of a batch. */
export type Place =
  | { readonly to: TargetColumn }
  /** Their records are rejected. */
  | { readonly refuse: string }
  /** They are left out. */
  | { readonly discard: string };

export interface Placement {
  /** By the order of the batch's columns; undefined where the target has yet to get one. */
  readonly places: readonly (Place | undefined)[];
  readonly missing: readonly Omit<TargetColumn, 'name'>[];
}

/**
 * Finds where the values of a batch go in a target. It follows from the target's columns and from each value's own type, so
 * that the same record gives the same row in whichever batch it comes.
 */
export function placeColumns(
  columns: readonly AddedColumn[],
  known: readonly TargetColumn[],
  types: Contract['types'],
): Placement {
  const missing = new Map<string, Omit<TargetColumn, 'name'>>();
  const room = MAX_GROWTH - known.length;
  const want = (column: Omit<TargetColumn, 'name'>): Place | undefined => {
    const key = JSON.stringify(column);
    if (!missing.has(key) && missing.size >= room) {
      return { refuse: `the target has ${MAX_GROWTH} columns beyond the declared ones already` };
    }
    missing.set(key, column);
    return undefined;
  };
  const variant = (variantOf: string, type: AddedType): Place | undefined => {
    const found = known.find((one) => one.variantOf === variantOf && one.type === type);
    return found ? { to: found } : want({ type, field: null, variantOf });
  };
  const places = columns.map(({ kind, name, type }) => {
    if (kind === 'variant') return variant(name, type);
    const base = known.find(({ field }) => field === name);
    if (!base) return want({ type: commonType(name, columns), field: name, variantOf: null });
    if (takes(base.type, type)) return { to: base };
    if (types === 'evolve') return variant(base.name, type);
    return types === 'discard'
      ? { discard: base.name }
      : { refuse: `${base.name}: a ${type} that is not a value of type ${base.type}` };
  });
  return { places, missing: [...missing.values()] };
}

/** Whether a column holds values of another type exactly, as COPY's text has them. */
function takes(column: AddedType, value: AddedType): boolean {
  if (column === value) return true;
  switch (column) {
    case 'text':
      return value !== 'jsonb';
    case 'numeric':
      return value === 'bigint';
    case 'jsonb':
      return value === 'bigint' || value === 'numeric' || value === 'boolean';
    case 'boolean':
    case 'bigint':
    case 'timestamptz':
      return false;
  }
}

/** The type of a new field's column: what all scalar values of the batch are, else text. */
function commonType(name: string, columns: readonly AddedColumn[]): AddedType {
  const types = columns.filter((one) => one.kind === 'field' && one.name === name);
  const scalars = new Set(types.map(({ type }) => type).filter((type) => type !== 'jsonb'));
  const [first = 'jsonb'] = scalars;
  if (scalars.size <= 1) return first;
  return [...scalars].every((type) => type === 'bigint' || type === 'numeric') ? 'numeric' : 'text';
}
