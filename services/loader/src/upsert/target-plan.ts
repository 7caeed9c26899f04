import { createHash } from 'node:crypto';
import { type Definition, targetShape } from '@tidemark/collector-sdk';
import pg from 'pg';
import { mergeSql, recountSql } from './merge-sql.ts';

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
  readonly maxRejects: number;
}

const id = pg.escapeIdentifier;

/** Plans the loads of one revision of a definition. */
export function planTarget(definition: Definition): TargetPlan {
  const shape = targetShape(definition);
  const table = `${id(shape.schema)}.${id(shape.table)}`;
  const columns = shape.columns.map(({ name }) => name);
  const types = shape.columns.map(({ name, type }) => `${id(name)} ${type}`).join(', ');
  const stage = id(`tidemark_stage_${hashOf(`${table} ${types}`)}`);
  const merge = {
    table,
    stage: `pg_temp.${stage}`,
    columns,
    key: shape.key,
    version: shape.version,
    // A payload is its hash: a raw row that is there is never written again.
    compared:
      definition.target.kind === 'raw' ? [] : columns.filter((name) => !shape.key.includes(name)),
  };
  const list = columns.map((name) => id(name)).join(', ');
  return {
    columns,
    stage: merge.stage,
    createStageSql: `create temporary table if not exists ${stage} (${types}) on commit delete rows`,
    copyStageSql: `copy ${merge.stage} (${list}) from stdin`,
    copyTargetSql: `copy ${table} (${list}) from stdin`,
    mergeSql: mergeSql(merge),
    recountSql: recountSql(merge),
    maxRejects: definition.limits.maxRejects,
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
