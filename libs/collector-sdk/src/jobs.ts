import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Definition } from './definition/definition.ts';
import { variablesOf } from './request/template.ts';
import { partitionKey } from './revision.ts';

// A target's name may hold values of the partition: then one definition serves many jobs, each with a table of its own. A
// job is the definition with its target's names filled in, so whatever works on the target of a definition works on a job.

type HasTarget = Pick<Definition, 'target'>;

/** A definition whose target is one table. */
export interface Job<D extends HasTarget = Definition> {
  readonly definition: D;
  /** Keys of the partitions that are loaded into it. */
  readonly partitions: readonly string[];
}

/** Whether the partitions of a definition have tables of their own. */
export function hasJobs({ target }: HasTarget): boolean {
  return jobKeys(target).length > 0;
}

/** The keys of the partition that a target's names hold. */
export function jobKeys({ schema, table }: Definition['target']): string[] {
  return [...new Set([schema, table].flatMap(variablesOf))];
}

/** The definition as it is for one partition: the names of its target are names of PostgreSQL. Throws when they cannot be. */
export function jobOf<D extends HasTarget>(definition: D, partition: Partition): D {
  if (!hasJobs(definition)) return definition;
  const { target } = definition;
  const names = namesOf(target, partition);
  const children = target.children?.map((child) => ({ ...child, ...namesOf(child, partition) }));
  return { ...definition, target: { ...target, ...names, ...(children && { children }) } };
}

function namesOf<N extends { schema?: string | undefined; table: string }>(
  { schema, table }: N,
  partition: Partition,
): Pick<N, 'schema' | 'table'> {
  return {
    table: fillIn(table, partition),
    ...(schema !== undefined && { schema: fillIn(schema, partition) }),
  };
}

/** The jobs of a definition, each table once. Throws when different values would come to share a table. */
export function jobsOf<D extends HasTarget>(
  definition: D,
  partitions: readonly Partition[],
): Job<D>[] {
  if (!hasJobs(definition)) return [{ definition, partitions: partitions.map(partitionKey) }];
  const keys = jobKeys(definition.target);
  const jobs = new Map<
    string,
    Job<D> & { readonly values: string; readonly partitions: string[] }
  >();
  for (const partition of partitions) {
    const job = jobOf(definition, partition);
    const name = `${job.target.schema}.${job.target.table}`;
    const values = JSON.stringify(keys.map((key) => partition[key]));
    const known = jobs.get(name);
    if (known && known.values !== values) {
      throw refusal(`${known.values} and ${values} would both be loaded into ${name}`);
    }
    if (known) known.partitions.push(partitionKey(partition));
    else jobs.set(name, { definition: job, values, partitions: [partitionKey(partition)] });
  }
  return [...jobs.values()];
}

const longestName = 63;

function fillIn(template: string, partition: Partition): string {
  const name = template.replaceAll(/\{([^{}]+)\}/g, (_, key: string) =>
    partOf(key, partition[key]),
  );
  if (/^[a-z_]/.test(name) && name.length <= longestName) return name;
  const why =
    name.length > longestName ? `has more than ${longestName} letters` : 'begins with a digit';
  throw refusal(`the name "${name}" ${why}`);
}

/** Only what looks alike is brought together; anything else is refused, since a name made up could be another one's. */
function partOf(key: string, value: Partition[string] | undefined): string {
  const part = String(value ?? '')
    .toLowerCase()
    .replaceAll(/[-. ]/g, '_');
  if (/^[a-z0-9_]+$/.test(part)) return part;
  throw refusal(
    `the value ${JSON.stringify(value ?? null)} of "${key}" cannot be part of a table's name, ` +
      'which has ASCII letters, digits and _ only',
  );
}

function refusal(problem: string): TerminalError {
  return new TerminalError('PLAN_REFUSED', `target.table: ${problem}`);
}
