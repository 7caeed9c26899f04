import { partitionKeys } from '../incremental/partitions.ts';
import type { Mistake, Sections } from './mistake.ts';

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
  const mistakes: Mistake[] = [];
  for (const key of keys.filter((name) => !(name in scope))) {
    const message = `is needed: without the field that tells "${key}" of a row, rows of other partitions would look as if they had vanished`;
    mistakes.push({ path: `incremental.scope.${key}`, message });
  }
  for (const [key, field] of Object.entries(scope)) {
    const path = `incremental.scope.${key}`;
    if (!keys.includes(key)) {
      mistakes.push({
        path,
        message: `is no key of the partitions (${keys.join(', ') || 'none'})`,
      });
    }
    if (!(field in fields)) {
      mistakes.push({ path, message: `target.fields has no field "${field}"` });
    }
  }
  return mistakes;
}
