import type { Definition } from './definition/definition.ts';
import type { Child } from './definition/target.ts';

// The list of a record becomes rows of a second table. That table is the target of a definition that nobody wrote: the
// collector's own, with the child's table, key and columns. So whatever makes, checks or describes a target does it for
// children too. What of them is loaded, and when, the record decides: its row has a digest of them (`CHILDREN_DIGEST`).

type Table = Extract<Definition['target'], { kind: 'table' }>;

/** A child of a definition's target, as a target of its own. */
export interface ChildTable {
  /** The definition with the child's table as its target: the columns of the record first, then position and fields. */
  readonly definition: Definition & { readonly target: Table };
  readonly child: Child;
  /** Columns that hold the record's key, in its order, and the fields of the target that they are. */
  readonly parentKey: readonly (readonly [column: string, field: string])[];
}

/** The children of a definition's target; for jobs, those of the job that the definition is. */
export function childrenOf(definition: Definition): readonly ChildTable[] {
  const { target } = definition;
  if (target.kind !== 'table') return [];
  return (target.children ?? []).map((child) => {
    const pairs = Object.entries(child.parent);
    const parentKey = target.key.flatMap((field) =>
      pairs.filter(([, from]) => from === field).slice(0, 1),
    );
    return {
      definition: {
        ...definition,
        // A child has neither a cursor nor deletions of its own.
        incremental: { kind: 'full' },
        target: {
          kind: 'table',
          schema: child.schema ?? target.schema,
          table: child.table,
          key: keyOf(child, parentKey),
          fields: fieldsOf(child, target),
        },
      },
      child,
      parentKey,
    };
  });
}

/** The record's part first: then the index of the key finds all children of a record. */
function keyOf({ key }: Child, parentKey: ChildTable['parentKey']): string[] {
  const ofParent = parentKey.map(([column]) => column);
  return [...ofParent, ...key.filter((name) => !ofParent.includes(name))];
}

function fieldsOf({ parent, position, fields }: Child, target: Table): Table['fields'] {
  const copied = Object.entries(parent).map(([column, field]) => {
    const type = target.fields[field]?.type ?? 'text';
    return [column, { type, format: 'iso', required: false }] as const;
  });
  const place =
    position === undefined
      ? []
      : [[position, { type: 'bigint', format: 'iso', required: true }] as const];
  return { ...Object.fromEntries<Table['fields'][string]>([...copied, ...place]), ...fields };
}
