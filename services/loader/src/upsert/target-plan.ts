import { createHash } from 'node:crypto';
import {
  auditColumns,
  type Column,
  type Contract,
  childrenOf,
  type Definition,
  DELETED_AT,
  hasJobs,
  jobOf,
  marksDeletions,
  targetShape,
} from '@tidemark/collector-sdk';
import { Partition } from '@tidemark/contracts';
import pg from 'pg';
import { planChild, type ChildLoad } from './child-plan.ts';
import { mergeSql, recountSql } from './merge-sql.ts';
import { rememberSql } from './remember-sql.ts';

/** Everything about loading into one target that can be known before a batch arrives. */
export interface TargetPlan {
  /** Names of the columns, in the order of the COPY text. */
  readonly columns: readonly string[];
  readonly stage: string;
  readonly createStageSql: string;
  readonly copyStageSql: string;
  readonly copyTargetSql: string;
  /** Never prepared by name: a plan that was made for a small target reads a large one from end to end. */
  readonly mergeSql: string;
  readonly recountSql: string;
  /** Where vanished rows are looked for: keeps the keys that are staged, if the run does. Parameters: $1 run, $2 batch. */
  readonly rememberSql?: string;
  /** Of a rehearsal: brings the rows of the target that the staged ones meet into its own table, once each. */
  readonly seedSql?: string;
  readonly maxRejects: number;
  /** Whether each line is a record of its own, so that its place tells which. */
  readonly hasPlaces: boolean;
  /** How the children of records are loaded, in the order of their sections. */
  readonly children: readonly ChildLoad[];
  /** Unit of the cursor that a column holds, by which the merge tells late rows; undefined where none does. */
  readonly cursorUnit: 'time' | 'integer' | undefined;
  /** Where a schema contract adds columns: how to load into the target with those that it has by then. */
  readonly growth?: Growth;
  /** The load into the table of a partition's job, which is this one where all have one table. The partition is its key. */
  ofPartition(partition: string): TargetPlan;
  /** The same load for a rehearsal, whose table stands for the target: it ends with the counts that the target would give. */
  rehearsedIn(scratch: string): TargetPlan;
}

export interface Growth {
  /** The target as SQL writes its name. */
  readonly target: string;
  readonly types: Contract['types'];
  /** The load where the target has these columns as well, and the text has some of them, after the declared ones. */
  planWith(added: readonly Column[], inText: readonly Column[]): TargetPlan;
}

const id = pg.escapeIdentifier;

/** Plans the loads of one revision of a definition. */
export function planTarget(definition: Definition): TargetPlan {
  const plan = planTable(definition, tablesOf(definition));
  return hasJobs(definition) ? { ...plan, ofPartition: planJobs(definition) } : plan;
}

/** Plans of jobs beyond this are forgotten, oldest first; they can be made again. */
const MOST_JOBS = 1_000;

function planJobs(definition: Definition): TargetPlan['ofPartition'] {
  const plans = new Map<string, TargetPlan>();
  return (partition) => {
    const kept = plans.get(partition);
    if (kept) return kept;
    const job = jobOf(definition, Partition.parse(JSON.parse(partition)));
    const plan = planTable(definition, tablesOf(job));
    plans.set(partition, plan);
    const [oldest] = plans.keys();
    if (plans.size > MOST_JOBS && oldest !== undefined) plans.delete(oldest);
    return plan;
  };
}

function tableOf(definition: Definition): string {
  const { schema, table } = targetShape(definition);
  return `${id(schema)}.${id(table)}`;
}

/** The tables of a target as SQL writes their names. */
interface Tables {
  readonly table: string;
  readonly children: readonly string[];
}

function tablesOf(definition: Definition): Tables {
  const children = childrenOf(definition).map((child) => tableOf(child.definition));
  return { table: tableOf(definition), children };
}

interface Added {
  readonly added: readonly Column[];
  readonly inText: readonly Column[];
}

function planTable(
  definition: Definition,
  tables: Tables,
  { added, inText }: Added = { added: [], inText: [] },
): TargetPlan {
  const { table } = tables;
  const declared = targetShape(definition);
  const shape = { ...declared, columns: [...declared.columns, ...added] };
  const columns = shape.columns.map(({ name }) => name);
  const types = shape.columns.map(({ name, type }) => `${id(name)} ${type}`).join(', ');
  // One for all tables of a definition: a batch is loaded into one of them.
  const stage = id(`tidemark_stage_${hashOf(`${tableOf(definition)} ${types}`)}`);
  const merge = {
    table,
    stage: `pg_temp.${stage}`,
    columns,
    key: shape.key,
    version: shape.version,
    // A payload is its hash: a raw row that is there is never written again.
    compared:
      definition.target.kind === 'raw' ? [] : columns.filter((name) => !shape.key.includes(name)),
    marked: marksDeletions(definition),
    cursor: cursorDigits(definition),
  };
  const copied = [...declared.columns, ...inText].map(({ name }) => name);
  const list = copied.map((name) => id(name)).join(', ');
  const growth = growthOf(definition, tables);
  const ofParent = { table, stage: merge.stage, key: shape.key };
  const children = childrenOf(definition);
  const plan: TargetPlan = {
    columns: copied,
    stage: merge.stage,
    createStageSql: `create temporary table if not exists ${stage} (${types}) on commit delete rows`,
    copyStageSql: `copy ${merge.stage} (${list}) from stdin`,
    copyTargetSql: `copy ${table} (${list}) from stdin`,
    mergeSql: mergeSql(merge),
    recountSql: recountSql(merge),
    ...(deletesRows(definition) && { rememberSql: rememberSql(merge) }),
    maxRejects: definition.limits.maxRejects,
    hasPlaces: definition.transform?.unpivot === undefined,
    cursorUnit:
      merge.cursor && definition.incremental.kind === 'cursor'
        ? definition.incremental.unit
        : undefined,
    children: tables.children.flatMap((name, place) => {
      const child = children[place];
      return child ? [planChild(child, name, ofParent)] : [];
    }),
    ...(growth && { growth }),
    ofPartition: () => plan,
    // Children are left alone: the digest of them, which a row has, tells whether they would change.
    rehearsedIn: (scratch) => ({
      ...withoutGrowth(planTable(definition, { table: scratch, children: [] })),
      seedSql: seedSql({ definition, table, stage: merge.stage, scratch }),
    }),
  };
  return plan;
}

function growthOf(definition: Definition, tables: Tables): Growth | undefined {
  const { target } = definition;
  if (target.kind !== 'table' || !target.contract) return undefined;
  const { columns, types } = target.contract;
  if (columns !== 'evolve' && types !== 'evolve') return undefined;
  return {
    target: tables.table,
    types,
    planWith: (added, inText) => planTable(definition, tables, { added, inText }),
  };
}

/** The table of a rehearsal has the declared columns only. */
function withoutGrowth({ growth: _growth, ...plan }: TargetPlan): TargetPlan {
  return plan;
}

/** How SQL makes the digits of the cursor from the column that holds it; undefined where none does. */
function cursorDigits({ incremental, target }: Definition): ((of: string) => string) | undefined {
  if (incremental.kind !== 'cursor' || target.kind !== 'table') return undefined;
  const { field, unit, zone } = incremental;
  const type = target.fields[field]?.type;
  if (type === undefined) return undefined;
  return (of) => {
    const column = `${of}.${id(field)}`;
    if (unit === 'integer') return `floor(${column}::numeric)`;
    return type === 'date'
      ? `tidemark.to_micros(${column}::timestamp at time zone ${pg.escapeLiteral(zone)})`
      : `tidemark.to_micros(${column})`;
  };
}

function deletesRows({ incremental }: Definition): boolean {
  return incremental.kind === 'snapshot' && incremental.deletions !== 'ignore';
}

interface Seeding {
  readonly definition: Definition;
  /** Quoted names. */
  readonly table: string;
  readonly stage: string;
  readonly scratch: string;
}

function seedSql({ definition, table, stage, scratch }: Seeding): string {
  const { columns, key } = targetShape(definition);
  const audit = marksDeletions(definition) ? [...auditColumns, DELETED_AT] : auditColumns;
  const names = [...columns, ...audit].map(({ name }) => id(name));
  const sameKey = key.map((name) => `w.${id(name)} = t.${id(name)}`).join(' and ');
  return `
insert into ${scratch} (${names.join(', ')})
select ${names.map((name) => `t.${name}`).join(', ')}
  from ${table} as t
 where exists (select from ${stage} as w where ${sameKey})
 order by ${key.map((name) => `t.${id(name)}`).join(', ')}
on conflict do nothing`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
