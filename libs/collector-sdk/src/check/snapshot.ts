import { partitionKeys } from '../incremental/partitions.ts';
import type { Mistake, Sections } from './mistake.ts';
import { inEach } from './readable.ts';

/** What deletions need to know of target and partitions. */
export function checkSnapshot(sections: Sections): Mistake[] {
  const { incremental, target, partitions } = sections;
  if (incremental?.kind !== 'snapshot' || incremental.deletions === 'ignore' || !target) return [];
  const path = 'incremental.deletions';
  if (target.kind === 'raw') {
    return [{ path, message: 'a raw target keeps every payload: write deletions: ignore' }];
  }
  if (target.table.includes('{')) {
    const message = 'a table for each job has no whole to compare with: write deletions: ignore';
    return [{ path, message }];
  }
  if (partitions === undefined) return [];
  return checkScope(incremental.scope ?? {}, {
    keys: partitionKeys({ partitions }),
    fields: target.fields,
  });
}

interface Known {
  readonly keys: readonly string[];
  readonly fields: object;
}

function checkScope(scope: Readonly<Record<string, string>>, { keys, fields }: Known): Mistake[] {
  const missing = keys
    .filter((key) => !Object.hasOwn(scope, key))
    .map((key) => ({
      path: `incremental.scope.${key}`,
      message: `is needed: without the field that tells "${key}" of a row, rows of other partitions would look as if they had vanished`,
    }));
  const named = inEach(Object.keys(scope), (key) => {
    const path = `incremental.scope.${key}`;
    const field = scope[key];
    const isField = field === undefined || Object.hasOwn(fields, field);
    return [
      ...(keys.includes(key)
        ? []
        : [{ path, message: `is no key of the partitions (${keys.join(', ') || 'none'})` }]),
      ...(isField ? [] : [{ path, message: `target.fields has no field "${field}"` }]),
    ];
  });
  return [...missing, ...named];
}
