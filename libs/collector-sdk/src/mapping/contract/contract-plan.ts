import type { Definition } from '../../definition/definition.ts';
import type { Contract } from '../../definition/target.ts';

/** What a schema contract asks of the mapping, worked out once for a definition. */
export interface ContractPlan extends Contract {
  /** The fields of a record that declared ones read, by their first step. */
  readonly read: ReadonlySet<string> | 'everything';
  /** Columns whose values say which row it is, or where it stands in time: what is not of their type is always rejected. */
  readonly fixed: ReadonlySet<string>;
}

/** The contract of a definition; undefined for one that has none. */
export function planContract({ target, incremental }: Definition): ContractPlan | undefined {
  if (target.kind !== 'table' || !target.contract) return undefined;
  const fields = Object.entries(target.fields);
  const lists = (target.children ?? []).map(({ at }) => at);
  const paths = [...fields.map(([name, { path }]) => path ?? name), ...lists];
  const cursor = incremental.kind === 'cursor' ? [incremental.field] : [];
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    ...target.contract,
    read: paths.includes('$') ? 'everything' : new Set(paths.map(firstStep)),
    fixed: new Set([...target.key, target.version ?? '', ...cursor, ...required]),
  };
}

function firstStep(path: string): string {
  return path.split('.', 1)[0] ?? path;
}
