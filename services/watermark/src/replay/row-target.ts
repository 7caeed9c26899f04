import {
  CHILDREN_DIGEST,
  childrenOf,
  hasJobs,
  jobOf,
  targetShape,
  type Definition,
} from '@tidemark/collector-sdk';
import { Partition } from '@tidemark/contracts';
import { listTargetColumns, type Queryable } from '@tidemark/store';
import { targetName } from '../targets/target-statements.ts';
import type { RowTarget } from './row-lines.ts';

/** The columns of the table that the rows of a partition go to, as they are now. */
export async function findRowTarget(
  db: Queryable,
  definition: Definition,
  partition: string,
): Promise<RowTarget> {
  const job = hasJobs(definition)
    ? jobOf(definition, Partition.parse(JSON.parse(partition)))
    : definition;
  const { added } = await listTargetColumns(db, targetName(job));
  // A row names its children as the definition does, whatever the tables of its job are called.
  const children = childrenOf(definition).map((child) => {
    const shape = targetShape(child.definition);
    return { name: shape.table, columns: namesOf([CHILDREN_DIGEST, ...shape.columns]) };
  });
  return { columns: namesOf(targetShape(job).columns), added, children };
}

function namesOf(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => name);
}
