import {
  addTargetColumn,
  listTargetColumns,
  lockTarget,
  type Store,
  type TargetColumn,
} from '@tidemark/store';
import { columnName, variantName } from './column-name.ts';
import type { WantedColumns } from './columns-missing-error.ts';
import { placeColumns } from './place-columns.ts';

/** A field first, then the variants of its column. */
const ROUNDS = 2;

/**
 * Adds to a target what a batch wants and nobody added meanwhile, in a transaction of its own. A target that is in use for
 * long makes it throw soon: the batch waits, the table's users do not.
 */
export async function addColumns(store: Store, wanted: WantedColumns): Promise<void> {
  const { target, columns, types, runId } = wanted;
  await store.transaction(async (db) => {
    await lockTarget(db, target);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { added, names } = await listTargetColumns(db, target);
      const taken = new Set(names);
      for (const missing of placeColumns(columns, added, types).missing) {
        const name = nameFor(missing, taken);
        taken.add(name);
        await addTargetColumn(db, target, { ...missing, name }, runId);
      }
    }
  });
}

function nameFor(
  { field, variantOf, type }: Omit<TargetColumn, 'name'>,
  taken: ReadonlySet<string>,
): string {
  return variantOf === null ? columnName(field ?? '', taken) : variantName(variantOf, type, taken);
}
