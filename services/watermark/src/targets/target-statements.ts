import { createHash } from 'node:crypto';
import {
  auditColumns,
  DELETED_AT,
  marksDeletions,
  targetShape,
  type Column,
  type Definition,
} from '@tidemark/collector-sdk';
import pg from 'pg';

const quote = pg.escapeIdentifier;

/** What rows get when a load does not name it: a straight COPY carries only what the source said. */
const defaults: Readonly<Record<string, string>> = {
  created_at: 'not null default clock_timestamp()',
  updated_at: 'not null default clock_timestamp()',
  _run_id: fromSession('run_id', 'uuid'),
  _batch_id: fromSession('batch_id', 'bigint'),
  // Microseconds, exact until 2106: reading the text of a date took a quarter of the whole COPY.
  _asked_at: `default to_timestamp(${sessionValue('asked_at_us')}::float8 / 1e6)`,
};

const rawConstraints: Readonly<Record<string, string>> = {
  content_hash: 'not null unique',
  payload: 'not null',
};

function fromSession(setting: string, type: string): string {
  return `default ${sessionValue(setting)}::${type}`;
}

/** A setting that only a load has; NULL for everybody else. */
function sessionValue(setting: string): string {
  return `nullif(current_setting('tidemark.${setting}', true), '')`;
}

/** The target's name as SQL writes it. */
export function targetName(definition: Definition): string {
  const { schema, table } = targetShape(definition);
  return `${quote(schema)}.${quote(table)}`;
}

/** Statements that make a target where there is none; each may be run again. */
export function createStatements(definition: Definition): string[] {
  const { schema, table, columns, key } = targetShape(definition);
  const isRaw = definition.target.kind === 'raw';
  const lines = [
    ...(isRaw ? ['id bigint generated always as identity primary key'] : []),
    ...columns.map((column) => columnLine(column, isRaw ? rawConstraints[column.name] : undefined)),
    ...ownColumns(definition).map((column) => columnLine(column, defaults[column.name])),
    ...(isRaw ? [] : [`primary key (${key.map((name) => quote(name)).join(', ')})`]),
  ];
  return [
    ...(schema === 'public' ? [] : [`create schema if not exists ${quote(schema)}`]),
    `create table if not exists ${targetName(definition)} (\n  ${lines.join(',\n  ')}\n)`,
    ...(isRaw
      ? [
          `create index if not exists ${quote(indexName(table))} on ${targetName(definition)} (reference_date)`,
        ]
      : []),
  ];
}

/** The columns that a target must have, with what a column that is added later gets. */
export function wantedColumns(definition: Definition): (Column & { readonly add: string })[] {
  return [...targetShape(definition).columns, ...ownColumns(definition)].map((column) => ({
    ...column,
    add: `alter table ${targetName(definition)} add column if not exists ${columnLine(column, defaults[column.name])}`,
  }));
}

/** The columns that a target has beside those of its fields. */
function ownColumns(definition: Definition): readonly Column[] {
  return marksDeletions(definition) ? [...auditColumns, DELETED_AT] : auditColumns;
}

function columnLine({ name, type }: Column, rest = ''): string {
  return `${quote(name)} ${type} ${rest}`.trimEnd();
}

function indexName(table: string): string {
  const suffix = '_reference_date_idx';
  if (table.length + suffix.length <= 63) return table + suffix;
  // Names that are equal but for their ends must not come to share one.
  const mark = createHash('sha256').update(table).digest('hex').slice(0, 8);
  return `${table.slice(0, 63 - suffix.length - 9)}_${mark}${suffix}`;
}
