import { partitionKeys } from '../incremental/partitions.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';
import { ownVariables } from './templates.ts';

/** No value of a partition hides what a request is asked for, and the entity of the rate is known before the request. */
export function checkVariables({ partitions, source }: Sections): Mistake[] {
  if (!partitions) return [];
  const keys = partitionKeys({ partitions });
  return independently(
    () => checkHidden(keys),
    () => checkEntity(source?.rate?.entity ?? '', keys),
  );
}

function checkHidden(keys: readonly string[]): Mistake[] {
  return keys
    .filter((key) => ownVariables.has(key))
    .map((key) => ({
      path: 'partitions',
      message: `"${key}" is the name of a variable that requests have anyway; give the value another name`,
    }));
}

function checkEntity(entity: string, keys: readonly string[]): Mistake[] {
  return variablesOf(entity)
    .filter((name) => !keys.includes(name))
    .map((name) => ({
      path: 'source.rate.entity',
      message: `partitions have no value "${name}"; they have ${keys.join(', ') || 'none'}`,
    }));
}
